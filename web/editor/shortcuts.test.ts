import { expect, test } from "vitest";
import { KeyReader } from "./shortcuts.ts";

const press = (key: string, init: KeyboardEventInit = {}): KeyboardEvent => new KeyboardEvent("keydown", { key, ...init });

test("letters are commands unless somebody writes", () => {
  const keys = new KeyReader();
  expect(keys.read(press("j"), false, 0)).toEqual({ do: "next" });
  expect(keys.read(press("/"), false, 0)).toEqual({ do: "search" });
  expect(keys.read(press("j"), true, 0)).toBeNull();
});

test("saving and submitting work while somebody writes, with Ctrl or Cmd", () => {
  const keys = new KeyReader();
  expect(keys.read(press("s", { ctrlKey: true }), true, 0)).toEqual({ do: "save" });
  expect(keys.read(press("S", { metaKey: true }), true, 0)).toEqual({ do: "save" });
  expect(keys.read(press("Enter", { ctrlKey: true }), true, 0)).toEqual({ do: "submit" });
  expect(keys.read(press("s", { ctrlKey: true, isComposing: true }), true, 0)).toBeNull();
  expect(keys.read(press("s", { ctrlKey: true, shiftKey: true }), true, 0)).toBeNull();
});

test("g waits a moment for the view", () => {
  const keys = new KeyReader();
  expect(keys.read(press("g"), false, 0)).toBeNull();
  expect(keys.read(press("r"), false, 900)).toEqual({ do: "view", view: "review" });
  keys.read(press("g"), false, 10_000);
  expect(keys.read(press("j"), false, 10_100)).toBeNull();
  expect(keys.read(press("j"), false, 10_200)).toEqual({ do: "next" });
  keys.read(press("g"), false, 20_000);
  expect(keys.read(press("r"), false, 29_000)).toBeNull();
});

test("what was asked in vain is decided by a letter", () => {
  const keys = new KeyReader();
  expect(keys.read(press("a"), false, 0)).toEqual({ do: "accept" });
  expect(keys.read(press("x"), false, 0)).toEqual({ do: "dismiss" });
  keys.read(press("g"), false, 0);
  expect(keys.read(press("s"), false, 100)).toEqual({ do: "view", view: "suggestions" });
});
