import { beforeEach, expect, test, vi } from "vitest";
import { lasting } from "../shared/storage.ts";
import { Outbox } from "./outbox.ts";

beforeEach(() => {
  localStorage.clear();
  vi.useRealTimers();
});

test("what was written outlives the page, in order", () => {
  const outbox = new Outbox(lasting("t."));
  outbox.add({ client_id: "a", text: "one" });
  outbox.add({ client_id: "b", text: "two", choice: "none" });
  expect(new Outbox(lasting("t.")).entries.map(({ client_id, choice }) => [client_id, choice])).toEqual([["a", undefined], ["b", "none"]]);
});

test("what was confirmed is gone, and nothing is left behind", () => {
  const outbox = new Outbox(lasting("t."));
  outbox.add({ client_id: "a", text: "one" });
  outbox.remove("a");
  outbox.remove("a");
  expect(outbox.entries).toEqual([]);
  expect(localStorage.length).toBe(0);
});

test("two tabs do not undo each other", () => {
  const [first, second] = [new Outbox(lasting("t.")), new Outbox(lasting("t."))];
  first.add({ client_id: "a", text: "one" });
  second.add({ client_id: "b", text: "two" });
  first.remove("a");
  expect(second.entries.map(({ client_id }) => client_id)).toEqual(["b"]);
});

test("a refusal is kept with its reason", () => {
  const outbox = new Outbox(lasting("t."));
  outbox.add({ client_id: "a", text: "one" });
  outbox.refuse("a", "Too long.");
  expect(outbox.entries[0]!.refusal).toBe("Too long.");
});

test("yesterday's words are not sent today", () => {
  vi.useFakeTimers();
  const outbox = new Outbox(lasting("t."));
  outbox.add({ client_id: "a", text: "one" });
  vi.setSystemTime(Date.now() + 25 * 60 * 60 * 1000);
  expect(outbox.entries).toEqual([]);
});
