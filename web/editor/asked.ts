import type { Language } from "../shared/protocol.ts";
import type { Count, Status } from "./knowledge.ts";

/** What REST says of questions asked in vain and of how entries fare, as types; docs/protocol.md is the contract. */

export const suggestionStatuses = ["open", "accepted", "dismissed"] as const;
export const uses = ["answered", "helpful", "unhelpful", "offered", "chosen", "handed_off"] as const;
export const heats = ["hot", "cold"] as const;

export type SuggestionStatus = (typeof suggestionStatuses)[number];
export type Use = (typeof uses)[number];
export type Heat = (typeof heats)[number];
export type InsightColumn = Use | "entry_id" | "last_answer" | "last_review";

export interface AskedExample {
  text: string;
  language: Language;
  why: string;
  at: string;
}

export interface NearestEntry {
  entry_id: string;
  questions: Partial<Record<Language, string>>;
  confidence: number;
  is_answered: boolean;
}

export interface Suggestion {
  id: number;
  text: string;
  language: Language;
  status: SuggestionStatus;
  count: number;
  languages: Count[];
  whys: Count[];
  first_seen: string;
  last_seen: string;
  scenario: string;
  examples: AskedExample[];
  nearest: NearestEntry | null;
  entry_id: string | null;
  revision: number | null;
  decided_by: string | null;
  decided_at: string | null;
}

export interface SuggestionPage {
  suggestions: Suggestion[];
  total: number;
  statuses: Count[];
}

/** What a 409 `question_conflict` carries beside its error. */
export interface QuestionConflict {
  entry_id: string;
  text: string;
  cosine: number;
  own: number;
}

export interface Draft {
  entry_id: string;
  revision: number;
}

export interface Origin {
  kind: "suggestion" | "reply";
  revision: number;
  question: string;
  by: string;
  at: string;
  suggestion_id: number | null;
  conversation_id: string | null;
  seq: number | null;
}

export interface EntryInsight {
  entry_id: string;
  scenario: string;
  status: Status;
  is_live: boolean;
  questions: Partial<Record<Language, string>>;
  counts: Record<Use, number>;
  last_answer: string | null;
  last_review: string | null;
  heat: Heat | null;
}

export interface InsightPage {
  since: string;
  until: string;
  entries: EntryInsight[];
  total: number;
  sums: Record<Use, number>;
  scenarios: Count[];
}

export interface WeekCount {
  week: string;
  count: number;
}

export interface Unanswered {
  total: number;
  weeks: WeekCount[];
  languages: Count[];
  scenarios: Count[];
  whys: Count[];
  most: AskedMost[];
}

/** Questions that mean the same, and how often they were asked in each of the weeks. */
export interface AskedMost {
  id: number;
  text: string;
  language: Language;
  status: SuggestionStatus;
  count: number;
  weeks: WeekCount[];
}

export interface InsightQuery {
  since: string;
  until: string;
  scenario: string;
  language: string;
  heat: string;
  sort: InsightColumn;
  falling: boolean;
}
