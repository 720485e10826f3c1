import { beforeEach, expect, test } from "vitest";
import { lasting } from "../shared/storage.ts";
import { DraftStore } from "./draft-store.ts";
import { entryOf, viewOf } from "./sample-entries.ts";

const draft = { base: viewOf(), content: entryOf({ featured: true }), at: "2026-11-01T00:00:00Z" };

beforeEach(() => localStorage.clear());

test("a draft outlives the page", () => {
  new DraftStore(lasting("t."), "chen").write("card-lost", draft);
  const after = new DraftStore(lasting("t."), "chen");
  expect(after.read("card-lost")).toEqual(draft);
  expect(after.items).toEqual(["card-lost"]);
});

test("a draft is removed, the others stay", () => {
  const store = new DraftStore(lasting("t."), "chen");
  for (const item of ["a", "b", "a"]) store.write(item, draft);
  store.remove("a");
  expect(store.read("a")).toBeNull();
  expect(store.items).toEqual(["b"]);
});

test("another person at the same browser has drafts of their own", () => {
  new DraftStore(lasting("t."), "chen").write("a", draft);
  expect(new DraftStore(lasting("t."), "wang").items).toEqual([]);
  expect(new DraftStore(lasting("t."), "wang").read("a")).toBeNull();
});
