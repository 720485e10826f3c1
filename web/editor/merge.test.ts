import { expect, test } from "vitest";
import { differences, merged, type Conflict } from "./merge.ts";
import { entryOf, viewOf, withAnswer } from "./sample-entries.ts";

const base = entryOf();

function conflict(mine = base, theirs = base, known = true): Conflict {
  return { base: known ? viewOf(base) : null, mine, theirs: viewOf(theirs, { revision: 2 }) };
}

test("a field that one side alone changed is proposed from that side", () => {
  const both = conflict(withAnswer(base, "mine"), { ...base, featured: true });
  expect(differences(both).map(({ key, proposed }) => [key, proposed])).toEqual([["zh.answer", "mine"], ["featured", "theirs"]]);
  expect(merged(both, {})).toEqual({ ...withAnswer(base, "mine"), featured: true });
});

test("a field that both changed waits for a choice", () => {
  const both = conflict(withAnswer(base, "mine"), withAnswer(base, "theirs"));
  expect(differences(both)[0]!.proposed).toBeNull();
  expect(merged(both, {})).toBeNull();
  expect(merged(both, { "zh.answer": "theirs" })!.variants.zh!.answer).toBe("theirs");
  expect(merged(both, { "zh.answer": "mine" })!.variants.zh!.answer).toBe("mine");
});

test("the same change on both sides is none", () => {
  expect(differences(conflict(withAnswer(base, "same"), withAnswer(base, "same")))).toEqual([]);
});

test("a list can keep what both sides have, without repeating it", () => {
  const both = conflict(entryOf({ related: ["a", "mine"] }), entryOf({ related: ["a", "theirs"] }));
  expect(differences(both)[0]!.canJoin).toBe(true);
  expect(merged(both, { related: "both" })!.related).toEqual(["a", "theirs", "mine"]);
});

test("without the revision that both began from nothing is proposed", () => {
  expect(differences(conflict(withAnswer(base, "mine"), base, false))[0]!.proposed).toBeNull();
});

test("a language that only one side has is not lost", () => {
  const { zh } = base.variants;
  const both = conflict({ ...base, variants: { zh: zh! } }, withAnswer(base, "theirs"));
  const result = merged(both, {})!;
  expect(result.variants.zh!.answer).toBe("theirs");
  expect(merged(both, Object.fromEntries(differences(both).map(({ key }) => [key, "theirs"])))).toEqual(withAnswer(base, "theirs"));
});
