import { expect, test } from "vitest";
import { diffRows, diffText, units } from "./diff.ts";

const marked = (before: string, after: string, language: "zh" | "en"): string =>
  diffText(before, after, language)
    .map(({ kind, text }) => (kind === "same" ? text : kind === "added" ? `+${text}+` : `-${text}-`))
    .join("");

test("Chinese is compared by character, numbers and Latin words whole", () => {
  expect(units("工本费15元 Visa卡", "zh")).toEqual(["工", "本", "费", "15", "元", " ", "Visa", "卡"]);
  expect(marked("工本费15元", "工本费10元", "zh")).toBe("工本费-15-+10+元");
  expect(marked("马上挂失", "立即挂失", "zh")).toBe("-马上-+立即+挂失");
});

test("English is compared by word", () => {
  expect(marked("Call us at once.", "Call the bank at once.", "en")).toBe("Call -us -+the bank +at once.");
  expect(marked("any of our branches", "each Chenghu Bank branch", "en")).toBe("-any of our branches-+each Chenghu Bank branch+");
});

test("Chinese inside an English text is still compared by character", () => {
  expect(marked("the 银行卡 card", "the 银联卡 card", "en")).toBe("the 银-行-+联+卡 card");
});

test("nothing became of a text that stayed, and of none", () => {
  expect(diffText("a", "a", "en")).toEqual([{ kind: "same", text: "a" }]);
  expect(diffText("", "", "zh")).toEqual([]);
});

test("a line break that stayed parts two changes", () => {
  expect(marked("one\ntwo", "uno\ndue", "en")).toBe("-one-+uno+\n-two-+due+");
});

test("both sides can be read out of the pieces", () => {
  const [before, after] = ["请马上拨打 +86 400。", "请您立即拨打 +86 401，全天。"];
  const pieces = diffText(before, after, "zh");
  expect(pieces.filter(({ kind }) => kind !== "added").map(({ text }) => text).join("")).toBe(before);
  expect(pieces.filter(({ kind }) => kind !== "removed").map(({ text }) => text).join("")).toBe(after);
});

test("rows that changed at one place stand beside each other", () => {
  expect(diffRows(["a", "b", "c"], ["a", "x", "c", "d"])).toEqual([
    { before: "a", after: "a" }, { before: "b", after: "x" }, { before: "c", after: "c" }, { before: null, after: "d" },
  ]);
  expect(diffRows(["a", "b"], [])).toEqual([{ before: "a", after: null }, { before: "b", after: null }]);
  expect(diffRows([], [])).toEqual([]);
});
