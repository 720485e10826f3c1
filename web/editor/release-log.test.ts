import { beforeEach, expect, test, vi } from "vitest";
import { Unreachable } from "../shared/http.ts";
import type { Attempt } from "../shared/signed-in.ts";
import type { EditorApi } from "./editor-api.ts";
import type { Release, ReleasePage } from "./knowledge.ts";
import { ReleaseLog } from "./release-log.ts";

const attempt: Attempt = (action) => action().catch(() => null);
const release = (id: number): Release => ({ id, comment: "", published_by: "wu", published_at: "2026-11-30T00:00:00Z" });
const pageSize = 3;

let newest: number;
let api: { releases: ReturnType<typeof vi.fn>; release: ReturnType<typeof vi.fn>; restore: ReturnType<typeof vi.fn> };
let log: ReleaseLog;

/** Releases 1 to `newest`; on a day only the second. */
function page(before: number | null, on: string): ReleasePage {
  const all = on ? [2] : Array.from({ length: newest }, (_, index) => newest - index);
  const left = all.filter((id) => before === null || id < before);
  return { live: newest, releases: left.slice(0, pageSize).map(release), more: left.length > pageSize };
}

const ids = (): number[] => log.releases.map(({ id }) => id);

beforeEach(() => {
  newest = 8;
  api = {
    releases: vi.fn(async (before: number | null, on: string) => page(before, on)),
    release: vi.fn(async (id: number) => ({ release: release(id), changes: [] })),
    restore: vi.fn(async () => ({ release_id: ++newest })),
  };
  log = new ReleaseLog(api as unknown as EditorApi, attempt, () => false);
});

test("older releases are read until there are none", async () => {
  await log.load();
  expect([ids(), log.more]).toEqual([[8, 7, 6], true]);
  await log.loadMore();
  await log.loadMore();
  expect([ids(), log.more]).toEqual([[8, 7, 6, 5, 4, 3, 2, 1], false]);
});

test("a release that goes live stands before those that were read", async () => {
  await log.load();
  await log.loadMore();
  newest = 9;
  await log.load();
  expect([ids(), log.live, log.more]).toEqual([[9, 8, 7, 6, 5, 4, 3], 9, true]);
  newest = 20;
  await log.load();
  expect(ids(), "none is left out in between").toEqual([20, 19, 18]);
});

test("older ones that cannot be read are asked for again", async () => {
  await log.load();
  api.releases.mockRejectedValueOnce(new Unreachable());
  await log.loadMore();
  expect([ids(), log.more, log.busy]).toEqual([[8, 7, 6], true, false]);
  await log.loadMore();
  expect(ids()).toEqual([8, 7, 6, 5, 4, 3]);
});

test("those of a day are shown, and all again", async () => {
  await log.load();
  await log.loadMore();
  await log.show("2026-11-03");
  expect([ids(), log.more]).toEqual([[2], false]);
  await log.show("");
  expect([ids(), log.more]).toEqual([[8, 7, 6], true]);
});

test("a release that is older than those that were read is opened and restored", async () => {
  await log.load();
  await log.open(1);
  expect(log.release).toEqual(release(1));
  expect(await log.restore(1, "as it was")).toBe(9);
  expect(ids()).toEqual([9, 8, 7, 6]);
  await log.open(null);
  expect(log.release).toBe(null);
});
