import { beforeEach, expect, test, vi } from "vitest";
import { Unreachable } from "../shared/http.ts";
import type { Attempt } from "../shared/signed-in.ts";
import { AuditLog } from "./audit-log.ts";
import type { EditorApi } from "./editor-api.ts";
import type { AuditLine, AuditQuery } from "./knowledge.ts";

const attempt: Attempt = (action) => action().catch(() => null);
const line = (id: number): AuditLine => ({ id, at: "2026-11-30T00:00:00Z", who: id % 2 ? "he" : "wu", action: "entry.saved", subject: "card-lost", detail: {} });

let audit: ReturnType<typeof vi.fn>;
let log: AuditLog;

beforeEach(() => {
  audit = vi.fn(async ({ who }: AuditQuery, before: number | null) => {
    const found = [6, 5, 4, 3, 2, 1].map(line).filter((each) => (!who || each.who === who) && (before === null || each.id < before));
    return { lines: found.slice(0, 2), more: found.length > 2 };
  });
  log = new AuditLog({ audit } as unknown as EditorApi, attempt, () => false);
});

const ids = (): number[] => log.lines.map(({ id }) => id);

test("lines are read page by page", async () => {
  await log.load();
  expect([ids(), log.more]).toEqual([[6, 5], true]);
  await log.loadMore();
  await log.loadMore();
  expect([ids(), log.more]).toEqual([[6, 5, 4, 3, 2, 1], false]);
});

test("those of one person are read from the start, and go on as theirs", async () => {
  await log.load();
  await log.choose({ who: "he" });
  expect(ids()).toEqual([5, 3]);
  await log.loadMore();
  expect([ids(), log.more]).toEqual([[5, 3, 1], false]);
});

test("a page that comes after something else was asked for is not shown", async () => {
  await log.load();
  const late = log.loadMore();
  await log.choose({ who: "wu" });
  await late;
  expect(ids()).toEqual([6, 4]);
});

test("what cannot be read says so, and can be asked for again", async () => {
  audit.mockRejectedValueOnce(new Unreachable());
  await log.load();
  expect(log.state).toBe("unreachable");
  await log.load();
  expect([log.state, ids()]).toEqual(["ready", [6, 5]]);
});
