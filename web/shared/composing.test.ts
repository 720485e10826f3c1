import { expect, test } from "vitest";
import { isSendKey } from "./composing.ts";

const press = (init: KeyboardEventInit): KeyboardEvent => new KeyboardEvent("keydown", init);

test("Enter sends", () => {
  expect(isSendKey(press({ key: "Enter" }))).toBe(true);
  expect(isSendKey(press({ key: "a" }))).toBe(false);
});

test("Enter does not send with Shift, or while an input method composes", () => {
  expect(isSendKey(press({ key: "Enter", shiftKey: true }))).toBe(false);
  expect(isSendKey(press({ key: "Enter", isComposing: true }))).toBe(false);
  expect(isSendKey(Object.defineProperty(press({ key: "Enter" }), "keyCode", { value: 229 }))).toBe(false);
});
