import type { ShortcutRow } from "../shared/dialogs.ts";
import type { View } from "./route.ts";

export type Command =
  | { do: "sheet" | "search" | "next" | "previous" | "new" | "try" | "save" | "submit" | "accept" | "dismiss" }
  | { do: "view"; view: View };

/** The rows of the sheet: keys, and the key of the text that says what they do. */
export const sheet: readonly ShortcutRow[] = [
  ["?", "shortcuts.sheet"],
  ["/", "shortcuts.search"],
  ["j  k", "shortcuts.walk"],
  ["n", "shortcuts.new"],
  ["t", "shortcuts.try"],
  ["a", "shortcuts.accept"],
  ["x", "shortcuts.dismiss"],
  ["Ctrl+S", "shortcuts.save"],
  ["Ctrl+Enter", "shortcuts.submit"],
  ["g l", "shortcuts.entries"],
  ["g r", "shortcuts.review"],
  ["g e", "shortcuts.releases"],
  ["g s", "shortcuts.suggestions"],
  ["g n", "shortcuts.insight"],
  ["g i", "shortcuts.files"],
];

const alone: Record<string, Command> = {
  "?": { do: "sheet" },
  "/": { do: "search" },
  j: { do: "next" },
  k: { do: "previous" },
  n: { do: "new" },
  t: { do: "try" },
  a: { do: "accept" },
  x: { do: "dismiss" },
};

const afterG: Record<string, Command> = {
  l: { do: "view", view: "entries" },
  r: { do: "view", view: "review" },
  e: { do: "view", view: "releases" },
  i: { do: "view", view: "files" },
  s: { do: "view", view: "suggestions" },
  n: { do: "view", view: "insight" },
};

const pairMilliseconds = 1_500;

/** Reads key presses as commands; `g` waits a moment for the letter that says where to go. */
export class KeyReader {
  private gUntil = 0;

  /** What the key asks for, or null. Plain letters are letters while somebody writes; Ctrl and Cmd are one. */
  read(event: KeyboardEvent, writing: boolean, now: number): Command | null {
    if (event.isComposing || event.altKey) return null;
    if (event.ctrlKey || event.metaKey) return withControl(event);
    if (writing) return null;
    if (now < this.gUntil) {
      this.gUntil = 0;
      return afterG[event.key] ?? null;
    }
    if (event.key === "g") {
      this.gUntil = now + pairMilliseconds;
      return null;
    }
    return alone[event.key] ?? null;
  }
}

function withControl(event: KeyboardEvent): Command | null {
  if (event.shiftKey) return null;
  if (event.key.toLowerCase() === "s") return { do: "save" };
  return event.key === "Enter" ? { do: "submit" } : null;
}
