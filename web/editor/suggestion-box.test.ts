import { beforeEach, describe, expect, test, vi } from "vitest";
import { Refused } from "../shared/http.ts";
import type { Attempt } from "../shared/signed-in.ts";
import type { Suggestion, SuggestionPage } from "./asked.ts";
import type { EditorApi } from "./editor-api.ts";
import { SuggestionBox } from "./suggestion-box.ts";

const attempt: Attempt = (action) => action().catch(() => null);

function asked(id: number, text = `q${id}`): Suggestion {
  return {
    id, text, language: "zh", status: "open", count: 2, languages: [], whys: [], first_seen: "", last_seen: "", scenario: "fees", examples: [],
    nearest: { entry_id: "sms-fee", questions: {}, confidence: 0.4, is_answered: false },
    entry_id: null, revision: null, decided_by: null, decided_at: null,
  };
}

function pageOf(ids: readonly number[], total = ids.length): SuggestionPage {
  return { suggestions: ids.map((id) => asked(id)), total, statuses: [{ id: "open", count: total }] };
}

function standIn() {
  return {
    suggestions: vi.fn(async (_status: string, offset: number) => (offset === 0 ? pageOf([1, 2], 3) : pageOf([2, 3], 3))),
    accept: vi.fn(async () => ({ entry_id: "sms-fee", revision: 4 })),
    draftOf: vi.fn(async () => ({ entry_id: "asked-1", revision: 1 })),
    dismiss: vi.fn(async (id: number) => asked(id)),
    reopen: vi.fn(async (id: number) => asked(id)),
    suggestion: vi.fn(async (id: string): Promise<Suggestion> => ({ ...asked(Number(id)), status: "dismissed" })),
  };
}

let api: ReturnType<typeof standIn>;
let drafted: ReturnType<typeof vi.fn<() => void>>;
let box: SuggestionBox;

beforeEach(async () => {
  api = standIn();
  drafted = vi.fn<() => void>();
  box = new SuggestionBox(api as unknown as EditorApi, attempt, () => false, drafted);
  await box.load();
});

const ids = (): number[] => box.suggestions.map(({ id }) => id);

describe("one that is looked at", () => {
  test("is of the list where it is there, and else asked for by its id, decided or not", async () => {
    await box.look("2");
    expect(api.suggestion).not.toHaveBeenCalled();
    const looking = box.look("40");
    expect([box.find("40"), box.missing("40")]).toEqual([null, "loading"]);
    await looking;
    expect(box.find("40")).toMatchObject({ id: 40, status: "dismissed" });
    expect(ids()).toEqual([1, 2]);
  });

  test("says where there is none, and where the line is down", async () => {
    api.suggestion.mockRejectedValueOnce(new Refused(404, "suggestion_not_found", ""));
    await box.look("40");
    expect(box.missing("40")).toBe("gone");
    api.suggestion.mockRejectedValueOnce(new TypeError());
    await box.look("41");
    expect([box.missing("41"), box.find("41")]).toEqual(["unreachable", null]);
  });

  test("is decided on as any other, and open again once it is reopened", async () => {
    api.suggestion.mockImplementation(async (id: string) => asked(Number(id), "later"));
    await box.look("40");
    expect(await box.accept(40, "sms-fee")).toBe(true);
    expect([box.total, ids(), box.find("40")]).toEqual([2, [1, 2], null]);
    api.suggestion.mockImplementation(async (id: string) => ({ ...asked(Number(id)), status: "dismissed" }));
    await box.look("41");
    await box.reopen(41);
    expect(box.find("41")!.status).toBe("open");
  });
});

describe("the list", () => {
  test("has the most asked, and more of them without any twice", async () => {
    expect([ids(), box.open, box.hasMore]).toEqual([[1, 2], 3, true]);
    await box.loadMore();
    expect([ids(), box.hasMore]).toEqual([[1, 2, 3], false]);
  });

  test("says when the line is down, and keeps what it has", async () => {
    api.suggestions.mockRejectedValue(new TypeError());
    await box.load();
    expect([box.state, ids()]).toEqual(["ready", [1, 2]]);
    await box.load("dismissed");
    expect(box.state).toBe("unreachable");
  });

  test("is walked from one to the next", () => {
    expect(box.neighbour(null, 1)!.id).toBe(1);
    expect(box.neighbour("1", 1)!.id).toBe(2);
    expect(box.neighbour("1", -1)).toBeNull();
  });
});

describe("a decision", () => {
  test("takes it out of the list and counts it", async () => {
    expect(await box.accept(1, "sms-fee")).toBe(true);
    expect(api.accept).toHaveBeenCalledWith(1, "sms-fee", [], false);
    expect([ids(), box.open, box.statuses["accepted"], drafted.mock.calls.length]).toEqual([[2], 2, 1, 1]);
    expect(box.decision).toEqual({ kind: "accepted", id: 1, draft: { entry_id: "sms-fee", revision: 4 } });
  });

  test("adds what was ticked besides the first question", async () => {
    box.pick("other words", true);
    box.pick("not these", true);
    box.pick("not these", false);
    await box.accept(1, "sms-fee");
    expect(api.accept).toHaveBeenCalledWith(1, "sms-fee", ["q1", "other words"], false);
    expect(box.picked.size).toBe(0);
  });

  test("for an entry that is not the nearest shows the conflict and waits", async () => {
    const conflict = { entry_id: "sms-fee", text: "短信", cosine: 0.8, own: 0.2 };
    api.accept.mockRejectedValueOnce(new Refused(409, "question_conflict", "", { error: {}, conflict }));
    expect(await box.accept(1, "lost-card")).toBe(false);
    expect(box.conflict).toEqual({ id: 1, target: "lost-card", nearer: conflict });
    expect(ids()).toEqual([1, 2]);
    await box.accept(1, "lost-card", true);
    expect(api.accept).toHaveBeenLastCalledWith(1, "lost-card", [], true);
    expect([box.conflict, ids()]).toEqual([null, [2]]);
  });

  test("that was refused changes nothing", async () => {
    api.dismiss.mockRejectedValueOnce(new Refused(409, "suggestion_decided", ""));
    expect(await box.dismiss(1)).toBe(false);
    expect([ids(), box.decision, box.busy]).toEqual([[1, 2], null, false]);
  });

  test("to dismiss can be taken back", async () => {
    await box.dismiss(2);
    expect(box.decision).toEqual({ kind: "dismissed", id: 2 });
    await box.reopen(2);
    expect(api.reopen).toHaveBeenCalledWith(2);
    expect([box.decision, ids()]).toEqual([null, [1, 2]]);
  });
});
