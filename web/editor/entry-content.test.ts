import { expect, test } from "vitest";
import { cleaned, isSameEntry, missingOf, newEntry, validity } from "./entry-content.ts";
import { emptyVariant } from "./fields.ts";
import { entryOf, withAnswer } from "./sample-entries.ts";

test("what is stored has no empty rows and no language that says nothing", () => {
  const entry = entryOf({ id: " card-lost ", variants: { zh: { question: " Z? ", similar: ["a", " ", " b "], answer: "z\n", risk: "" }, en: { ...emptyVariant } } });
  expect(cleaned(entry)).toEqual(entryOf({ variants: { zh: { question: "Z?", similar: ["a", "b"], answer: "z", risk: "" } } }));
});

test("an empty row that was just added is no change, a word is", () => {
  const entry = entryOf();
  const { zh } = entry.variants;
  expect(isSameEntry(entry, { ...entry, variants: { ...entry.variants, zh: { ...zh!, similar: [...zh!.similar, ""] } } })).toBe(true);
  expect(isSameEntry(entry, withAnswer(entry, "other"))).toBe(false);
  expect(isSameEntry(entry, { ...entry, updated: "2026-11-02" })).toBe(false);
});

test("what is missing is named", () => {
  expect(missingOf(newEntry())).toEqual(["missing.id", "missing.scenario", "missing.question"]);
  expect(missingOf(entryOf())).toEqual([]);
  expect(missingOf(entryOf({ valid_from: "2026-12-01", valid_to: "2026-11-30" }))).toEqual(["missing.dates"]);
  expect(missingOf(entryOf({ id: "-no" }))).toEqual(["missing.id"]);
  expect(missingOf(entryOf({ variants: { zh: { ...emptyVariant, answer: "z" } } }))).toEqual(["missing.question"]);
});

test.each([
  [null, null, null], ["2026-11-02", null, "scheduled"], ["2026-11-01", "2026-12-02", null], [null, "2026-10-31", "expired"],
  ["2026-11-01", "2026-11-01", "expires_soon"], [null, "2026-12-01", "expires_soon"], ["2026-11-02", "2026-11-03", "scheduled"],
])("valid from %s to %s is %s on the first of November", (valid_from, valid_to, expected) => {
  expect(validity({ valid_from, valid_to }, { today: "2026-11-01", soon: "2026-12-01" })).toBe(expected);
});
