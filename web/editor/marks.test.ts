import { expect, test } from "vitest";
import { figure, moment } from "./marks.ts";

test("a moment is written as days are, with the reader's own hour", () => {
  const at = new Date(2026, 0, 5, 8, 3);
  expect(moment(at.toISOString())).toBe("2026-01-05 08:03");
});

test("a large count has its thousands apart", () => {
  expect([0, 46, 313, 10_313].map(figure)).toEqual(["0", "46", "313", "10,313"]);
});
