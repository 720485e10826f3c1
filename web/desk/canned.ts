import type { CannedReply, Language } from "../shared/protocol.ts";

export interface Blank {
  start: number;
  end: number;
}

/** The word after a `/` that stands at the start of the box, or null: then the replies are offered. */
export function cannedQuery(text: string): string | null {
  const match = /^\/([^\s/]*)$/.exec(text);
  return match ? match[1]!.toLowerCase() : null;
}

/** The replies whose id, title or text has the word; those whose id or title begins with it come first. */
export function matching(replies: readonly CannedReply[], word: string, language: Language): CannedReply[] {
  const places = replies.map((reply) => ({ reply, place: placeOf(reply, word, language) }));
  return places.filter(({ place }) => place >= 0).toSorted((a, b) => a.place - b.place).map(({ reply }) => reply);
}

function placeOf({ id, title, text }: CannedReply, word: string, language: Language): number {
  const names = [id, title.zh.toLowerCase(), title.en.toLowerCase()];
  if (names.some((name) => name.startsWith(word))) return 0;
  if (names.some((name) => name.includes(word))) return 1;
  return text[language].toLowerCase().includes(word) ? 2 : -1;
}

/** A reply's text with what is known filled in; other words in braces stay for the agent. */
export function filled(text: string, known: Record<string, string>): string {
  return text.replace(/\{([^{}]+)\}/g, (whole, name: string) => known[name] ?? whole);
}

/** The first blank that the agent still has to fill in, at or after a place; else the first at all; or null. */
export function nextBlank(text: string, from = 0): Blank | null {
  const blanks = [...text.matchAll(/\{[^{}]+\}/g)].map((match) => ({ start: match.index, end: match.index + match[0].length }));
  return blanks.find(({ start }) => start >= from) ?? blanks[0] ?? null;
}
