import { beforeEach, describe, expect, test, vi } from "vitest";
import { Refused } from "../shared/http.ts";
import type { EditorApi } from "./editor-api.ts";
import type { Waiting } from "./knowledge.ts";
import { ReviewQueue } from "./review-queue.ts";
import { findingOf, inReview, viewOf, waitingOf } from "./sample-entries.ts";

/** As many entries in review as a large file leaves there, each three-thousandth one's own. */
function waiting(count: number): Waiting[] {
  return Array.from({ length: count }, (_, at) => waitingOf(`entry-${at}`, { own: at % 3000 === 2999 }));
}

let stored: Waiting[];
const api = {
  review: vi.fn(async (after: number, limit: number) => {
    const entries = stored.slice(after, after + limit);
    return { entries, total: stored.length, next: limit > 0 && after + limit < stored.length ? after + limit : null };
  }),
  waiting: vi.fn(async (id: string) => inReview(id)),
  comments: vi.fn(async () => []),
  publish: vi.fn(async () => ({ release_id: 7 })),
  giveBack: vi.fn(async () => viewOf()),
};

async function opened(count: number): Promise<ReviewQueue> {
  stored = waiting(count);
  const attempt = async <T>(action: () => Promise<T>): Promise<T | null> => action().catch(() => null);
  const queue = new ReviewQueue(api as unknown as EditorApi, attempt, () => false);
  await queue.load();
  return queue;
}

beforeEach(() => vi.clearAllMocks());

describe("ten thousand in review", () => {
  test("are read a page at a time, and none is examined", async () => {
    const queue = await opened(10_000);
    expect([queue.entries.length, queue.total, queue.hasMore]).toEqual([50, 10_000, true]);
    await queue.loadMore();
    expect(queue.entries.length).toBe(100);
    expect(queue.entries.at(-1)!.id).toBe("entry-99");
    expect(api.waiting).not.toHaveBeenCalled();
  });

  test("are all chosen at once, without one's own, and published for one reason", async () => {
    const queue = await opened(10_000);
    await queue.pickAll();
    expect(api.review.mock.calls.length).toBeLessThan(25);
    expect([queue.chosen.length, queue.unexamined, queue.isAllPicked]).toEqual([9997, 9997, true]);
    expect(api.waiting).not.toHaveBeenCalled();
    queue.explainAll(" from the old system ");
    expect(await queue.publish("import")).toBe(true);
    const [sent] = api.publish.mock.calls[0] as unknown as [{ entries: unknown[]; reasons: unknown }];
    expect([sent.entries.length, sent.reasons]).toEqual([9997, { "*": "from the old system" }]);
    expect([queue.picked.size, queue.commonReason]).toEqual([0, ""]);
  });

  test("stay unchosen where a page could not be read", async () => {
    const queue = await opened(1000);
    api.review.mockRejectedValueOnce(new TypeError());
    await queue.pickAll();
    expect([queue.chosen.length, queue.more]).toEqual([0, "error"]);
    await queue.pickAll();
    expect(queue.chosen.length).toBe(1000);
    queue.pickNone();
    expect(queue.chosen.length).toBe(0);
  });

  test("are read again as far as they were", async () => {
    const queue = await opened(10_000);
    await queue.loadMore();
    await queue.loadMore();
    queue.pick("entry-120", true);
    await queue.load();
    expect([queue.entries.length, queue.chosen.map(({ id }) => id)]).toEqual([150, ["entry-120"]]);
  });
});

describe("what the checks find", () => {
  test("in a revision is asked for when it is opened or picked, once", async () => {
    const queue = await opened(3);
    await queue.look("entry-1");
    queue.pick("entry-1", true);
    await queue.look("entry-1");
    expect(api.waiting.mock.calls).toEqual([["entry-1"]]);
    stored[1] = { ...stored[1]!, revision: 3 };
    await queue.load();
    expect(api.waiting).toHaveBeenCalledTimes(2);
    expect(queue.chosen).toEqual([]); // what was picked was another revision
  });

  test("at a publication is shown: errors are left out, warnings want a reason, one for all if need be", async () => {
    const queue = await opened(3);
    await queue.pickAll();
    const findings = { "entry-0": [findingOf("error")], "entry-1": [findingOf("warning")] };
    api.publish.mockRejectedValueOnce(new Refused(409, "checks_failed", "", { error: {}, findings }));
    expect(await queue.publish("x")).toBe(false);
    expect(queue.chosen.map(({ id }) => id)).toEqual(["entry-1", "entry-2"]);
    expect(queue.unexplained.map(({ id }) => id)).toEqual(["entry-1"]);
    queue.explainAll("so it is");
    expect(queue.unexplained).toEqual([]);
    expect(await queue.publish("x")).toBe(true);
  });

  test("is read although the list has not come to that entry, and says where it no longer waits", async () => {
    const queue = await opened(10_000);
    await queue.look("entry-9000");
    expect(queue.lookedAt("entry-9000")).toEqual(inReview("entry-9000"));
    api.waiting.mockRejectedValueOnce(new Refused(404, "not_in_review", ""));
    await queue.look("elsewhere");
    expect(queue.lookedAt("elsewhere")).toBe("gone");
  });
});

test("what is returned leaves the list, and the rest keeps its place", async () => {
  const queue = await opened(200);
  await queue.loadMore();
  expect(await queue.giveBack({ id: "entry-60", revision: 2 }, "no")).toBe(true);
  expect([queue.entries.length, queue.total]).toEqual([99, 199]);
  expect(api.review).toHaveBeenCalledTimes(2);
});
