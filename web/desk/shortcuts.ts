import type { ShortcutRow } from "../shared/dialogs.ts";

export type Command = "sheet" | "next" | "take" | "reply" | "insert1" | "insert2" | "insert3" | "return" | "close_case";

const withAlt: Record<string, Command> = {
  KeyN: "next",
  KeyT: "take",
  KeyR: "reply",
  Digit1: "insert1",
  Digit2: "insert2",
  Digit3: "insert3",
  KeyB: "return",
  KeyW: "close_case",
};

export const sheet: readonly ShortcutRow[] = [
  ["?", "shortcuts.sheet"],
  ["Alt+T", "shortcuts.take"],
  ["Alt+N", "shortcuts.next"],
  ["Alt+R", "shortcuts.reply"],
  ["Enter", "shortcuts.send"],
  ["Shift+Enter", "shortcuts.newline"],
  ["Alt+1…3", "shortcuts.insert"],
  ["Alt+B", "shortcuts.return"],
  ["Alt+W", "shortcuts.close_case"],
];

/**
 * What a key press asks for, or null. Alt is read by the key's place, since with it a Mac types other letters; `?` is
 * a letter while somebody writes.
 */
export function commandOf(event: KeyboardEvent, writing: boolean): Command | null {
  if (event.isComposing || event.ctrlKey || event.metaKey) return null;
  if (event.altKey) return withAlt[event.code] ?? null;
  return event.key === "?" && !writing ? "sheet" : null;
}
