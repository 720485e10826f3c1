import { expect, test } from "vitest";
import type { CannedReply } from "../shared/protocol.ts";
import { cannedQuery, filled, matching, nextBlank } from "./canned.ts";

const reply = (id: string, zh: string, en: string, text = ""): CannedReply => ({
  id, title: { zh, en }, text: { zh: text, en: text }, version: 0, updated_by: null,
});
const replies = [reply("hello", "问候", "Greeting"), reply("wait", "请稍等", "One moment"), reply("sorry", "致歉", "Apology", "we wait")];

test("a slash opens the replies only where a reply begins with it", () => {
  expect(cannedQuery("/")).toBe("");
  expect(cannedQuery("/Wa")).toBe("wa");
  expect(cannedQuery("and/or")).toBeNull();
  expect(cannedQuery("/wait a")).toBeNull();
  expect(cannedQuery("")).toBeNull();
});

test("they are found by id, by either title and by text, titles first", () => {
  expect(matching(replies, "", "zh").map(({ id }) => id)).toEqual(["hello", "wait", "sorry"]);
  expect(matching(replies, "wait", "en").map(({ id }) => id)).toEqual(["wait", "sorry"]);
  expect(matching(replies, "请", "en").map(({ id }) => id)).toEqual(["wait"]);
  expect(matching(replies, "nothing", "en")).toEqual([]);
});

test("what is known is filled in, the rest stays for the agent", () => {
  const text = filled("{agent}: 大约需要{几分钟}，编号 {case}", { agent: "林晓", case: "a1" });
  expect(text).toBe("林晓: 大约需要{几分钟}，编号 a1");
  expect(nextBlank(text)).toEqual({ start: 8, end: 13 });
});

test("the next blank follows the cursor, and then begins again", () => {
  expect(nextBlank("{a} and {b}", 3)).toEqual({ start: 8, end: 11 });
  expect(nextBlank("{a} and {b}", 11)).toEqual({ start: 0, end: 3 });
  expect(nextBlank("nothing")).toBeNull();
});
