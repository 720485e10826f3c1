import { expect, test } from "vitest";
import { formatRoute, newItem, noFilters, parseRoute } from "./route.ts";

test.each([
  ["", "entries", null], ["#/", "entries", null], ["#/nowhere/x", "entries", null],
  ["#/review", "review", null], ["#/review/card-lost", "review", "card-lost"], ["#/releases/12", "releases", "12"], ["#/audit", "audit", null],
  ["#/entries/a.b%3Fc", "entries", "a.b?c"], ["#/entries/+", "entries", newItem], ["#/entries/%E0%A4%A", "entries", "%E0%A4%A"],
])("%s is %s, %s", (hash, view, item) => {
  expect(parseRoute(hash)).toMatchObject({ view, item });
});

test("filters are part of the list's address, and of no other", () => {
  const filters = { ...noFilters, status: "draft", text: "挂失 & 补办" };
  const hash = formatRoute({ view: "entries", item: "card-lost", filters });
  expect(hash).toContain("#/entries/card-lost?status=draft&text=");
  expect(parseRoute(hash)).toEqual({ view: "entries", item: "card-lost", filters });
  expect(formatRoute({ view: "review", item: null, filters })).toBe("#/review");
});

test.each(["a.b?c", "x:y", newItem, "card-lost"])("%s survives the address", (item) => {
  expect(parseRoute(formatRoute({ view: "entries", item, filters: noFilters })).item).toBe(item);
});
