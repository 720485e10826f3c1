import { expect, test } from "vitest";
import { commandOf } from "./shortcuts.ts";

const press = (init: KeyboardEventInit): KeyboardEvent => new KeyboardEvent("keydown", init);

test("Alt is read by the key's place", () => {
  expect(commandOf(press({ altKey: true, code: "KeyN", key: "˜" }), true)).toBe("next");
  expect(commandOf(press({ altKey: true, code: "Digit2", key: "™" }), true)).toBe("insert2");
  expect(commandOf(press({ altKey: true, code: "KeyQ", key: "q" }), false)).toBeNull();
});

test("a question mark and a slash are letters while somebody writes", () => {
  expect(commandOf(press({ key: "/" }), false)).toBe("canned");
  expect(commandOf(press({ key: "/" }), true)).toBeNull();
  expect(commandOf(press({ key: "?" }), false)).toBe("sheet");
  expect(commandOf(press({ key: "?" }), true)).toBeNull();
});

test("other programs' keys are left alone", () => {
  expect(commandOf(press({ altKey: true, ctrlKey: true, code: "KeyN" }), false)).toBeNull();
  expect(commandOf(press({ altKey: true, isComposing: true, code: "KeyN" }), false)).toBeNull();
});
