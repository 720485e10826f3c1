import { expect, test } from "vitest";
import { define } from "../shared/define.ts";
import { translator } from "../shared/i18n.ts";
import { Observable } from "../shared/observable.ts";
import type { Language } from "../shared/protocol.ts";
import { AuditView } from "./audit-view.ts";
import type { EditorSession } from "./editor-session.ts";
import { texts } from "./texts.ts";

define("editor-audit", AuditView);

const line = { id: 7, at: "2026-11-30T00:00:00Z", who: "wu", action: "entry.approved", subject: "card-lost", detail: { revision: 2, reason: "" } };

async function shown(mayAudit: boolean, language: Language = "en", action = line.action): Promise<string> {
  const audit = Object.assign(new (class extends Observable {})(), { state: "ready", lines: [{ ...line, action }], more: true, busy: false, query: {} });
  const element = document.createElement("editor-audit") as AuditView;
  element.session = Object.assign(new (class extends Observable {})(), { audit, mayAudit }) as unknown as EditorSession;
  element.t = translator(texts, language);
  element.language = language;
  document.body.append(element);
  await element.updateComplete;
  return element.renderRoot.textContent!.replace(/\s+/g, " ");
}

test("a line says who did what to what, and what else is known of it", async () => {
  const text = await shown(true);
  expect(text).toMatch(/wu ?Approved ?card-lost ?revision: 2 /);
  expect(text).toContain("Show older ones");
  expect(text).not.toContain("reason");
});

test("actions and details are named in the page's language; one that has no name stands for itself", async () => {
  expect(await shown(true, "zh")).toMatch(/wu ?审核通过 ?card-lost ?版本：2 /);
  expect(await shown(true, "zh", "order.filed")).toMatch(/wu ?order\.filed ?card-lost/);
});

test("who may not read it is told for whom it is", async () => {
  const text = await shown(false);
  expect(text).toContain("for reviewers, supervisors and administrators");
  expect(text).not.toContain("card-lost");
});
