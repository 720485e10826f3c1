import { beforeEach, describe, expect, test, vi } from "vitest";
import { Refused } from "../shared/http.ts";
import type { EditorApi } from "./editor-api.ts";
import { EditorSession } from "./editor-session.ts";
import { newItem } from "./route.ts";
import { entryOf, findingOf, inReview, pageOf, viewOf, waitingOf, withAnswer } from "./sample-entries.ts";

const staff = { login: "chen", name: "Chen", roles: ["editor", "reviewer"], languages: ["zh" as const] };

function standIn() {
  return {
    csrf: "", ahead: 0,
    me: vi.fn(async () => ({ staff, csrf: "c" })),
    signIn: vi.fn(async () => ({ staff, csrf: "c" })),
    signOut: vi.fn(async () => {}),
    entries: vi.fn(async (_filters: unknown, offset: number) => pageOf(offset === 0 ? ["card-lost", "b"] : ["c"], 3)),
    entry: vi.fn(async (id: string) => viewOf(entryOf({ id }))),
    save: vi.fn(async (entry: ReturnType<typeof entryOf>, base: number | null) => viewOf(entry, { revision: (base ?? 0) + 1, status: "draft" as const })),
    submit: vi.fn(async (id: string, revision: number) => viewOf(entryOf({ id }), { revision, status: "in_review" as const })),
    check: vi.fn(async () => []),
    review: vi.fn(async () => ({ entries: [waitingOf("a"), waitingOf("own", { own: true }), waitingOf("wrong"), waitingOf("doubtful")], total: 4, next: null })),
    waiting: vi.fn(async (id: string) => inReview(id, { findings: id === "wrong" ? [findingOf("error")] : id === "doubtful" ? [findingOf("warning")] : [] })),
    comments: vi.fn(async () => []),
    suggestions: vi.fn(async () => ({ suggestions: [], total: 0, statuses: [] })),
    publish: vi.fn(async (): Promise<{ release_id: number | null }> => ({ release_id: 7 })),
    rehearse: vi.fn(async () => ({ regression: null })),
    releases: vi.fn(async () => ({ live: null, releases: [], more: false })),
    audit: vi.fn(async () => ({ lines: [], more: false })),
    imports: vi.fn(async () => [{ id: "i", file: "entries.csv", state: "applying", done: 1, total: 3 }]),
    import: vi.fn(async () => ({ id: "i", file: "entries.csv", state: "done", done: 3, total: 3, counts: { new: 3, changed: 0, same: 0, refused: 0 }, rows: [] })),
  };
}

let api: ReturnType<typeof standIn>;
let hash: string;

async function opened(at = "#/entries/card-lost"): Promise<EditorSession> {
  hash = at;
  const session = new EditorSession(api as unknown as EditorApi, { read: () => hash, write: (next) => void (hash = next) });
  await session.resume();
  await settled();
  return session;
}

const settled = (): Promise<void> => new Promise((resolve) => setTimeout(resolve));

beforeEach(() => {
  localStorage.clear();
  api = standIn();
});

describe("signing in", () => {
  test("shows what the address names", async () => {
    const session = await opened();
    expect(session.staff).toEqual(staff);
    expect(session.open.state).toBe("ready");
    expect(session.pages.entries).toHaveLength(2);
  });

  test("asks how much is in review, and reads none of it", async () => {
    const session = await opened();
    expect(api.review.mock.calls).toEqual([[0, 0]]);
    expect(session.reviews.total).toBe(4);
    await session.open.save("en");
    expect(api.review.mock.calls).toEqual([[0, 0], [0, 0]]);
  });

  test("without a session asks for one, without a line says so", async () => {
    api.me.mockRejectedValueOnce(new Refused(401, "not_signed_in", ""));
    expect((await opened()).staff).toBeNull();
    api.me.mockRejectedValueOnce(new TypeError());
    expect((await opened()).staff).toBe("unreachable");
  });

  test("a session that runs out while somebody writes loses nothing", async () => {
    const session = await opened();
    session.open.write(withAnswer(entryOf(), "typed"));
    api.save.mockRejectedValueOnce(new Refused(401, "not_signed_in", ""));
    await session.open.save();
    expect(session.staff).toBeNull();
    await session.signIn("chen", "x");
    await settled();
    expect(session.open.content.variants.zh!.answer).toBe("typed");
    expect(session.open.restoredAt).not.toBeNull();
  });
});

test("the audit log is read for whoever answers for it, and for nobody else", async () => {
  expect((await opened("#/audit")).audit.state).toBe("ready");
  api.me.mockResolvedValueOnce({ staff: { ...staff, roles: ["editor"] }, csrf: "c" });
  expect((await opened("#/audit")).audit.state).toBe("loading");
  expect(api.audit).toHaveBeenCalledTimes(1);
});

test("an import that is under way is found again after the page was loaded anew", async () => {
  expect((await opened("#/files")).imports.run).toMatchObject({ id: "i", done: 3 });
  expect((await opened()).imports.run).toBeNull();
});

describe("an entry", () => {
  test("is saved from the revision it was made from, and is then a draft", async () => {
    const session = await opened();
    session.open.write(withAnswer(entryOf(), "new"));
    expect(session.open.isDirty).toBe(true);
    expect(await session.open.save()).toBe(true);
    expect(api.save).toHaveBeenCalledWith(withAnswer(entryOf(), "new"), 1, null);
    expect(session.open.isDirty).toBe(false);
    expect(session.open.base!.status).toBe("draft");
    expect(session.drafts.items).toEqual([]);
  });

  test("keeps what is typed while it is being saved", async () => {
    const session = await opened();
    session.open.write(withAnswer(entryOf(), "first"));
    const saving = session.open.save();
    session.open.write(withAnswer(entryOf(), "second"));
    await saving;
    expect(session.open.content.variants.zh!.answer).toBe("second");
    expect(session.open.isDirty).toBe(true);
    expect(session.drafts.read("card-lost")!.base!.revision).toBe(2);
  });

  test("goes on from the date that it was given, unless another one is typed", async () => {
    const session = await opened();
    for (const [typed, expected] of [[null, "2026-11-02"], ["2026-10-01", "2026-10-01"]] as const) {
      const before = session.open.content;
      session.open.write(withAnswer(before, `first ${expected}`));
      api.save.mockImplementationOnce(async (entry) => viewOf({ ...entry, updated: "2026-11-02" }, { revision: 2, status: "draft" }));
      const saving = session.open.save();
      session.open.write({ ...withAnswer(before, `second ${expected}`), updated: typed ?? before.updated });
      await saving;
      expect(session.open.content.updated).toBe(expected);
    }
  });

  test("says that a language is still right without a change", async () => {
    const session = await opened();
    await session.open.save("en");
    expect(api.save).toHaveBeenCalledWith(entryOf(), 1, "en");
  });

  test("that somebody else has stored opens the merge; the choice is saved over their revision", async () => {
    const session = await opened();
    const mine = withAnswer(entryOf(), "mine");
    session.open.write(mine);
    const current = viewOf(withAnswer(entryOf(), "theirs"), { revision: 5 });
    api.save.mockRejectedValueOnce(new Refused(409, "edit_conflict", "", { error: {}, current, base: viewOf() }));
    expect(await session.open.save()).toBe(false);
    expect(session.open.conflict).toEqual({ base: viewOf(), mine, theirs: current });
    expect(session.drafts.read("card-lost")!.content).toEqual(mine);
    await session.open.resolve(mine);
    expect(api.save).toHaveBeenLastCalledWith(mine, 5, null);
    expect(session.open.conflict).toBeNull();
  });

  test("that was typed over an old revision opens the merge when it is read again", async () => {
    const first = await opened();
    first.open.write(withAnswer(entryOf(), "mine"));
    api.entry.mockResolvedValueOnce(viewOf(withAnswer(entryOf(), "theirs"), { revision: 2 }));
    const second = await opened();
    expect(second.open.conflict!.theirs.revision).toBe(2);
    expect(second.open.content.variants.zh!.answer).toBe("mine");
  });

  test("that is new needs an id nobody has", async () => {
    const session = await opened(`#/entries/${newItem}`);
    session.open.write(entryOf({ id: "" }));
    await session.open.save();
    expect(session.open.missing).toEqual(["missing.id"]);
    expect(api.save).not.toHaveBeenCalled();
    session.open.write(entryOf());
    api.save.mockRejectedValueOnce(new Refused(409, "edit_conflict", "", { error: {}, current: viewOf(), base: null }));
    await session.open.save();
    expect(session.open.missing).toEqual(["missing.taken"]);
    session.open.write(entryOf({ id: "other" }));
    expect(await session.open.save()).toBe(true);
    expect(api.save).toHaveBeenLastCalledWith(entryOf({ id: "other" }), null, null);
    expect([session.route.item, session.open.item, hash]).toEqual(["other", "other", "#/entries/other"]);
    expect(session.drafts.items).toEqual([]);
  });

  test("that somebody else moved on while it was submitted is read again", async () => {
    const session = await opened("#/entries/card-lost");
    api.submit.mockRejectedValueOnce(new Refused(409, "wrong_status", ""));
    api.entry.mockResolvedValueOnce(viewOf(entryOf(), { revision: 4 }));
    expect(await session.open.submit("")).toBe(false);
    expect([session.open.base!.revision, session.problem]).toEqual([4, { key: "problem.wrong_status" }]);
  });

  test("is saved before it is submitted", async () => {
    const session = await opened();
    session.open.write(withAnswer(entryOf(), "new"));
    await session.open.submit("please");
    expect(api.save).toHaveBeenCalledOnce();
    expect(api.submit).toHaveBeenCalledWith("card-lost", 2, "please");
    expect(session.open.base!.status).toBe("in_review");
  });
});

describe("leaving", () => {
  test("an entry with unsaved writing asks first", async () => {
    const session = await opened();
    session.open.write(withAnswer(entryOf(), "typed"));
    expect(session.go({ view: "review" })).toBe(false);
    expect([session.pending!.view, session.route.view, hash]).toEqual(["review", "entries", "#/entries/card-lost"]);
    session.settle(false);
    expect([session.pending, session.route.view]).toEqual([null, "entries"]);
    session.go({ item: "b" });
    session.settle(true);
    await settled();
    expect(session.open.item).toBe("b");
    expect(session.drafts.items).toEqual(["card-lost"]);
  });

  test("by the browser's back button asks as well, and the address stays", async () => {
    const session = await opened();
    session.open.write(withAnswer(entryOf(), "typed"));
    hash = "#/releases";
    session.moved();
    expect([session.pending!.view, hash]).toEqual(["releases", "#/entries/card-lost"]);
  });

  test("does not ask for a filter, or where nothing was typed", async () => {
    const session = await opened();
    session.open.write(withAnswer(entryOf(), "typed"));
    session.filter({ status: "draft" });
    expect([session.pending, hash]).toEqual([null, "#/entries/card-lost?status=draft"]);
    session.open.drop();
    expect(session.go({ view: "files" })).toBe(true);
  });
});

describe("the list", () => {
  test("is read on a page at a time", async () => {
    const session = await opened("#/entries");
    expect(session.pages.hasMore).toBe(true);
    await session.pages.loadMore();
    expect(session.pages.entries.map(({ id }) => id)).toEqual(["card-lost", "b", "c"]);
    expect(session.pages.hasMore).toBe(false);
  });

  test("is walked through entry by entry", async () => {
    const session = await opened("#/entries");
    session.walk(1);
    expect(session.route.item).toBe("card-lost");
    session.walk(1);
    expect(session.route.item).toBe("b");
    session.walk(-1);
    session.walk(-1);
    expect(session.route.item).toBe("card-lost");
  });

  test("shows the answer to the last question, whenever it comes", async () => {
    const session = await opened("#/entries");
    let slow: (page: ReturnType<typeof pageOf>) => void = () => {};
    api.entries.mockImplementationOnce(() => new Promise((resolve) => (slow = resolve)));
    session.filter({ text: "first" });
    api.entries.mockResolvedValueOnce(pageOf(["second"]));
    session.filter({ text: "second" });
    await settled();
    slow(pageOf(["first"]));
    await settled();
    expect(session.pages.entries.map(({ id }) => id)).toEqual(["second"]);
  });
});

describe("a reviewer", () => {
  test("publishes what others wrote and no check refuses, with a reason for warnings", async () => {
    const { reviews } = await opened("#/review");
    for (const { id } of reviews.entries) reviews.pick(id, true);
    await settled();
    expect(reviews.chosen.map(({ id }) => id)).toEqual(["a", "doubtful"]);
    expect(reviews.unexplained.map(({ id }) => id)).toEqual(["doubtful"]);
    expect(await reviews.publish("fees")).toBe(false);
    reviews.explain("doubtful", "so says the law");
    expect(await reviews.publish("fees")).toBe(true);
    expect(api.publish).toHaveBeenCalledWith({
      comment: "fees", entries: [{ id: "a", revision: 2 }, { id: "doubtful", revision: 2 }], reasons: { doubtful: "so says the law" },
    });
    expect([reviews.published, reviews.picked.size]).toEqual([7, 0]);
  });

  test("asks the check questions of what is chosen first", async () => {
    const { reviews } = await opened("#/review");
    reviews.pick("a", true);
    await reviews.rehearse();
    expect(api.rehearse).toHaveBeenCalledWith([{ id: "a", revision: 2 }]);
    expect(reviews.regression).toBe("unasked");
    reviews.pick("a", false);
    expect(reviews.regression).toBeNull();
  });

  test("hears no more of a rehearsal once it is live", async () => {
    const { reviews } = await opened("#/review");
    let late: (answer: { regression: null }) => void = () => {};
    api.rehearse.mockReturnValueOnce(new Promise((resolve) => (late = resolve)));
    reviews.pick("a", true);
    const rehearsal = reviews.rehearse();
    await reviews.publish("x");
    late({ regression: null });
    await rehearsal;
    expect(reviews.regression).toBeNull();
  });

  test("hears nothing of an earlier choice while a later one is rehearsed", async () => {
    const { reviews } = await opened("#/review");
    const late: ((answer: { regression: null }) => void)[] = [];
    api.rehearse.mockImplementation(() => new Promise((resolve) => late.push(resolve)));
    reviews.pick("a", true);
    const first = reviews.rehearse();
    reviews.pick("doubtful", true);
    const second = reviews.rehearse();
    late[0]!({ regression: null });
    await first;
    expect(reviews.regression).toBe("asking");
    late[1]!({ regression: null });
    await second;
    expect(reviews.regression).toBe("unasked");
  });

  test("sees which check questions a refused publication would lose", async () => {
    const session = await opened("#/review");
    session.reviews.pick("a", true);
    const regression = { asked: 9, right_before: 9, right_after: 8, questions: [] };
    api.publish.mockRejectedValueOnce(new Refused(409, "regression", "", { error: {}, regression }));
    expect(await session.reviews.publish("x")).toBe(false);
    expect([session.problem, session.reviews.regression]).toEqual([{ key: "problem.regression" }, regression]);
  });

  test("is told when there was nothing to publish", async () => {
    const session = await opened("#/review");
    session.reviews.pick("a", true);
    api.publish.mockResolvedValueOnce({ release_id: null });
    expect(await session.reviews.publish("x")).toBe(false);
    expect(session.problem).toEqual({ key: "problem.nothing" });
  });

  test("sees why a publication was refused, and keeps what was picked", async () => {
    const session = await opened("#/review");
    session.reviews.pick("a", true);
    api.publish.mockRejectedValueOnce(new Refused(403, "own_revision", ""));
    expect(await session.reviews.publish("x")).toBe(false);
    expect(session.problem).toEqual({ key: "problem.own_revision" });
    expect(session.reviews.picked.has("a")).toBe(true);
  });
});
