import { expect, test } from "vitest";
import { JsonStore } from "./storage.ts";

test("forbidden storage is replaced by memory", () => {
  const store = new JsonStore(() => { throw new DOMException("denied", "SecurityError"); }, "p.");
  store.write("a", { b: 1 });
  expect(store.read("a")).toEqual({ b: 1 });
  store.remove("a");
  expect(store.read("a")).toBeNull();
});

test("what is not JSON is nothing", () => {
  localStorage.setItem("p.broken", "{");
  expect(new JsonStore(() => localStorage, "p.").read("broken")).toBeNull();
});
