import { expect, test } from "vitest";
import { firstLanguage, languageOf, translator } from "./i18n.ts";

test("a text takes its values; a missing key is seen", () => {
  const t = translator({ zh: { place: "第 {n} 位" }, en: { place: "Number {n} of {m}" } }, "en");
  expect(t("place", { n: 2 })).toBe("Number 2 of {m}");
  expect(t("gone")).toBe("gone");
});

test("a word follows the number that it is counted by", () => {
  const t = translator({ zh: {}, en: { left: "{count} {count:row is|rows are} left", bare: "{count:one|more}" } }, "en");
  expect(t("left", { count: 1 })).toBe("1 row is left");
  expect(t("left", { count: 0 })).toBe("0 rows are left");
  expect(t("left", { count: "1,204" })).toBe("1,204 rows are left");
  expect(t("bare")).toBe("{count:one|more}");
});

test.each([
  ["zh", "zh"], ["zh-Hant-HK", "zh"], ["ZH_cn", "zh"], ["yue", "zh"], ["en-GB", "en"], ["fr", null], ["", null], [null, null],
])("the language of %s is %s", (tag, language) => {
  expect(languageOf(tag)).toBe(language);
});

test("the first language we speak counts, else Chinese", () => {
  expect(firstLanguage(null, "fr", "en-US", "zh")).toBe("en");
  expect(firstLanguage("de", undefined)).toBe("zh");
});
