import { render } from "lit";
import { expect, test } from "vitest";
import { translator } from "../shared/i18n.ts";
import type { AskedMost } from "./asked.ts";
import { texts } from "./texts.ts";
import { weeklyTable } from "./week-bars.ts";

function most(id: number, counts: readonly number[]): AskedMost {
  const weeks = counts.map((count, at) => ({ week: `2026-11-0${2 + at}`, count }));
  return { id, text: `q${id}`, language: "en", status: "accepted", count: counts.reduce((sum, each) => sum + each, 0), weeks };
}

test("what was asked most is drawn week by week, said in words, and leads to the question", () => {
  const place = document.createElement("div");
  render(weeklyTable([most(7, [4, 0, 2]), most(8, [1, 1, 1])], translator(texts, "en")), place);
  const [first, second] = [...place.querySelectorAll("tbody tr")];
  expect(first!.querySelector("a")!.getAttribute("href")).toBe("#/suggestions/7");
  expect(first!.querySelector("svg")!.getAttribute("aria-label")).toBe("Asked by week: 2026-11-02: 4, 2026-11-03: 0, 2026-11-04: 2");
  const heights = (row: Element): number[] => [...row.querySelectorAll("rect")].map((bar) => Number(bar.getAttribute("height")));
  expect(heights(first!)).toEqual([20, 1, 10]);
  expect(heights(second!)).toEqual([5, 5, 5]);
});
