import type { ShortcutRow } from "../shared/dialogs.ts";

export type Command =
  | "sheet" | "next" | "take" | "reply" | "canned" | "note" | "insert1" | "insert2" | "insert3"
  | "transfer" | "consult" | "return" | "close_case" | "take_over";

const withAlt: Record<string, Command> = {
  KeyN: "next",
  KeyT: "take",
  KeyR: "reply",
  KeyM: "note",
  Digit1: "insert1",
  Digit2: "insert2",
  Digit3: "insert3",
  KeyX: "transfer",
  KeyC: "consult",
  KeyB: "return",
  KeyW: "close_case",
  KeyO: "take_over",
};

export const sheet: readonly ShortcutRow[] = [
  ["?", "shortcuts.sheet"],
  ["Alt+T", "shortcuts.take"],
  ["Alt+N", "shortcuts.next"],
  ["Alt+R", "shortcuts.reply"],
  ["Enter", "shortcuts.send"],
  ["Shift+Enter", "shortcuts.newline"],
  ["/", "shortcuts.canned"],
  ["Alt+1…3", "shortcuts.insert"],
  ["Alt+M", "shortcuts.note"],
  ["Ctrl+Enter", "shortcuts.save_note"],
  ["Alt+X", "shortcuts.transfer"],
  ["Alt+C", "shortcuts.consult"],
  ["Alt+B", "shortcuts.return"],
  ["Alt+W", "shortcuts.close_case"],
  ["Alt+O", "shortcuts.take_over"],
];

const plain: Record<string, Command> = { "?": "sheet", "/": "canned" };

/**
 * What a key press asks for, or null. Alt is read by the key's place, since with it a Mac types other letters; `?` and
 * `/` are letters while somebody writes.
 */
export function commandOf(event: KeyboardEvent, writing: boolean): Command | null {
  if (event.isComposing || event.ctrlKey || event.metaKey) return null;
  if (event.altKey) return withAlt[event.code] ?? null;
  return writing ? null : (plain[event.key] ?? null);
}
