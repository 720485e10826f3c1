import { describe, expect, test } from "vitest";
import { MessageStore, groupBySender } from "./message-store.ts";
import { noticeOf, textOf } from "./sample-messages.ts";

describe("the store", () => {
  test("keeps each message once, in order, however they come", () => {
    const store = new MessageStore();
    expect(store.put(textOf(2))).toBe(true);
    expect(store.put(textOf(1))).toBe(true);
    expect(store.put(textOf(2))).toBe(false);
    expect(store.messages.map(({ seq }) => seq)).toEqual([1, 2]);
  });

  test("goes on from the last message before a gap", () => {
    const store = new MessageStore();
    store.put(textOf(1));
    store.put(textOf(4));
    expect(store.lastSeq).toBe(1);
    store.put(textOf(3));
    store.put(textOf(2));
    expect(store.lastSeq).toBe(4);
  });

  test("takes the newer form of a message", () => {
    const store = new MessageStore();
    store.put(textOf(1, { text: "old" }));
    store.put(textOf(1, { text: "new" }));
    expect(store.messages[0]!.text).toBe("new");
  });

  test("knows a message by its sender's id", () => {
    const store = new MessageStore();
    store.put(textOf(1, { client_id: "a" }));
    expect([store.hasClientId("a"), store.hasClientId("b")]).toEqual([true, false]);
  });
});

test("groups are one sender's under one name, and notices stand alone", () => {
  const groups = groupBySender([
    textOf(1), textOf(2), textOf(3, { sender: "bot" }), noticeOf(4), noticeOf(5),
    textOf(6, { sender: "agent", sender_name: "Lin" }), textOf(7, { sender: "agent", sender_name: "Wu" }),
  ]);
  expect(groups.map(({ messages }) => messages.map(({ seq }) => seq))).toEqual([[1, 2], [3], [4], [5], [6], [7]]);
  expect(groups.map(({ name }) => name)).toEqual([null, null, null, null, "Lin", "Wu"]);
});
