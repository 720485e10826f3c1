import { diffArrays } from "diff";
import type { Language } from "../shared/protocol.ts";

export interface Piece {
  kind: "same" | "added" | "removed";
  text: string;
}

/** A row of two lists beside each other; null where one side has nothing there. */
export interface RowPair {
  before: string | null;
  after: string | null;
}

const han = /\p{Script=Han}/u;
const segmenters: Record<Language, Intl.Segmenter> = {
  zh: new Intl.Segmenter("zh", { granularity: "word" }),
  en: new Intl.Segmenter("en", { granularity: "word" }),
};

/** The units in which a text is compared: Chinese by character, everything else by word. */
export function units(text: string, language: Language): string[] {
  return [...segmenters[language].segment(text)].flatMap(({ segment }) => (han.test(segment) ? [...segment] : [segment]));
}

/**
 * What became of a text, piece by piece: what stayed, and between that what was taken out and then what was put in.
 * A space that stayed between two changes belongs to them, so that a changed phrase is one change.
 */
export function diffText(before: string, after: string, language: Language): Piece[] {
  if (before === after) return before ? [{ kind: "same", text: before }] : [];
  const parts = diffArrays(units(before, language), units(after, language));
  const pieces: Piece[] = [];
  let [removed, added] = ["", ""];
  const flush = (): void => {
    if (removed) pieces.push({ kind: "removed", text: removed });
    if (added) pieces.push({ kind: "added", text: added });
    [removed, added] = ["", ""];
  };
  parts.forEach((part, at) => {
    const text = part.value.join("");
    const joins = (removed || added) && at < parts.length - 1 && /^[^\S\n]+$/.test(text);
    if (part.removed || joins) removed += text;
    if (part.added || joins) added += text;
    if (part.removed || part.added || joins) return;
    flush();
    pieces.push({ kind: "same", text });
  });
  flush();
  return pieces;
}

/** Two lists beside each other. A row taken out and one put in at the same place are one changed row. */
export function diffRows(before: readonly string[], after: readonly string[]): RowPair[] {
  const pairs: RowPair[] = [];
  let removed: string[] = [];
  const flush = (added: readonly string[] = []): void => {
    for (let at = 0; at < Math.max(removed.length, added.length); at++) {
      pairs.push({ before: removed[at] ?? null, after: added[at] ?? null });
    }
    removed = [];
  };
  for (const part of diffArrays([...before], [...after])) {
    if (part.removed) {
      removed = part.value;
    } else if (part.added) {
      flush(part.value);
    } else {
      flush();
      for (const text of part.value) pairs.push({ before: text, after: text });
    }
  }
  flush();
  return pairs;
}
