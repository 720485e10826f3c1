import { expect, test } from "vitest";
import { isWriting } from "./keyboard.ts";

test.each([
  ["<input>", true], ["<input type='search'>", true], ["<textarea></textarea>", true], ["<select></select>", true],
  ["<input type='checkbox'>", false], ["<input type='radio'>", false], ["<button></button>", false],
])("letters typed into %s are writing: %s", (markup, writing) => {
  document.body.innerHTML = markup;
  let seen: boolean | null = null;
  document.addEventListener("keydown", (event) => (seen = isWriting(event)), { once: true });
  document.body.firstElementChild!.dispatchEvent(new KeyboardEvent("keydown", { key: "j", bubbles: true, composed: true }));
  expect(seen).toBe(writing);
});
