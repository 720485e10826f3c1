import { expect, test } from "vitest";
import { define } from "../shared/define.ts";
import { Observable } from "../shared/observable.ts";
import { AuditView } from "./audit-view.ts";
import type { EditorSession } from "./editor-session.ts";

define("editor-audit", AuditView);

const line = { id: 7, at: "2026-11-30T00:00:00Z", who: "wu", action: "entry.approved", subject: "card-lost", detail: { revision: 2, reason: "" } };

async function shown(mayAudit: boolean): Promise<string> {
  const audit = Object.assign(new (class extends Observable {})(), { state: "ready", lines: [line], more: true, busy: false, query: {} });
  const element = document.createElement("editor-audit") as AuditView;
  element.session = Object.assign(new (class extends Observable {})(), { audit, mayAudit }) as unknown as EditorSession;
  element.t = (key) => key;
  element.language = "en";
  document.body.append(element);
  await element.updateComplete;
  return element.renderRoot.textContent!.replace(/\s+/g, " ");
}

test("a line says who did what to what, and what else is known of it", async () => {
  const text = await shown(true);
  expect(text).toMatch(/wu ?entry\.approved ?card-lost ?revision: 2 /);
  expect(text).toContain("audit.more");
  expect(text).not.toContain("reason");
});

test("who may not read it is told for whom it is", async () => {
  const text = await shown(false);
  expect(text).toContain("audit.locked");
  expect(text).not.toContain("entry.approved");
});
