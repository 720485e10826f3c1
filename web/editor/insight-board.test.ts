import { beforeEach, expect, test, vi } from "vitest";
import { Refused } from "../shared/http.ts";
import type { InsightPage, InsightQuery, Unanswered } from "./asked.ts";
import type { EditorApi } from "./editor-api.ts";
import { InsightBoard, insightRows } from "./insight-board.ts";

const sums = { answered: 0, helpful: 0, unhelpful: 0, offered: 0, chosen: 0, handed_off: 0 };
const page: InsightPage = { since: "2026-01-01", until: "2026-01-28", entries: [], total: 120, sums, scenarios: [] };
const unanswered: Unanswered = { total: 0, weeks: [], languages: [], scenarios: [], whys: [], most: [] };

function standIn() {
  return {
    insight: vi.fn(async (_query: InsightQuery, _offset: number, _limit: number) => page),
    unanswered: vi.fn(async (_query: InsightQuery) => unanswered),
  };
}

let api: ReturnType<typeof standIn>;
let board: InsightBoard;

beforeEach(async () => {
  api = standIn();
  board = new InsightBoard(api as unknown as EditorApi, () => false);
  await board.load();
});

const asked = (): [InsightQuery["sort"], boolean, number] => {
  const [query, offset] = api.insight.mock.lastCall!;
  return [query.sort, query.falling, offset];
};

test("without days the bank says which they are", () => {
  expect(api.insight.mock.calls[0]![0]).toMatchObject({ since: "", until: "" });
  expect(board.query).toMatchObject({ since: page.since, until: page.until });
});

test("a column sorts, again by it turns the order round, and both begin at the first page", async () => {
  await board.turnTo(insightRows);
  expect(asked()).toEqual(["answered", true, insightRows]);
  await board.sort("unhelpful");
  expect(asked()).toEqual(["unhelpful", true, 0]);
  await board.sort("unhelpful");
  expect(asked()).toEqual(["unhelpful", false, 0]);
  await board.sort("entry_id");
  expect(asked()).toEqual(["entry_id", false, 0]);
  expect(api.unanswered).toHaveBeenCalledTimes(1);
});

test("a filter asks both anew, but not while a day is missing", async () => {
  await board.choose({ scenario: "fees" });
  expect(api.unanswered.mock.lastCall![0].scenario).toBe("fees");
  await board.choose({ since: "" });
  expect(api.insight).toHaveBeenCalledTimes(2);
});

test("an answer that nobody waits for any more is dropped", async () => {
  let late: (page: InsightPage) => void = () => {};
  api.insight.mockReturnValueOnce(new Promise((resolve) => (late = resolve)));
  const first = board.sort("helpful");
  await board.sort("offered");
  late({ ...page, total: 1 });
  await first;
  expect(board.entries).toEqual(page);
});

test("what is refused says why, and what is out of reach can be asked again", async () => {
  api.insight.mockRejectedValueOnce(new Refused(422, "invalid_request", "wrong days"));
  await board.loadEntries();
  expect(board.entries).toEqual({ refused: "wrong days" });
  api.insight.mockRejectedValueOnce(new TypeError());
  await board.loadEntries();
  expect(board.entries).toBe("unreachable");
  await board.loadEntries();
  expect(board.entries).toEqual(page);
});
