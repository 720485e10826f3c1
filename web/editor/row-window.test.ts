import { expect, test } from "vitest";
import { rowWindow, scrollFor } from "./row-window.ts";

const list = { height: 500, rowHeight: 50, count: 10_000, spare: 5 };

test("only the rows in sight and a few around them are drawn", () => {
  expect(rowWindow({ ...list, top: 0 })).toEqual({ from: 0, to: 15 });
  expect(rowWindow({ ...list, top: 5_000 })).toEqual({ from: 95, to: 115 });
  expect(rowWindow({ ...list, top: 499_500 })).toEqual({ from: 9_985, to: 10_000 });
});

test("a list that became shorter than the place scrolled to still shows its end", () => {
  expect(rowWindow({ ...list, top: 499_500, count: 3 })).toEqual({ from: 2, to: 3 });
  expect(rowWindow({ ...list, top: 0, count: 0 })).toEqual({ from: 0, to: 0 });
});

test("scrolling goes no further than it must", () => {
  expect(scrollFor({ row: 3, top: 0, height: 500, rowHeight: 50 })).toBe(0);
  expect(scrollFor({ row: 20, top: 0, height: 500, rowHeight: 50 })).toBe(550);
  expect(scrollFor({ row: 1, top: 400, height: 500, rowHeight: 50 })).toBe(50);
});
