import type { Language } from "../shared/protocol.ts";

/** What the knowledge base's REST side takes and gives, as types; docs/protocol.md is the contract. */

export const languages: readonly Language[] = ["zh", "en"];
export const audiences = ["personal", "corporate", "all"] as const;
export const riskClasses = ["none", "product"] as const;
export const statuses = ["draft", "in_review", "published", "archived"] as const;
export const gaps = ["zh_missing", "en_missing", "zh_outdated", "en_outdated"] as const;
export const validities = ["scheduled", "expires_soon", "expired"] as const;
export const formats = ["yaml", "csv", "xlsx", "jsonl"] as const;

export type Audience = (typeof audiences)[number];
export type RiskClass = (typeof riskClasses)[number];
export type Status = (typeof statuses)[number];
export type Validity = (typeof validities)[number];
export type Gap = (typeof gaps)[number];

export interface Variant {
  question: string;
  similar: string[];
  answer: string;
  risk: string;
}

export interface Entry {
  id: string;
  scenario: string;
  audience: Audience;
  risk_class: RiskClass;
  featured: boolean;
  updated: string | null;
  valid_from: string | null;
  valid_to: string | null;
  related: string[];
  variants: Partial<Record<Language, Variant>>;
}

interface EntryFacts {
  id: string;
  revision: number;
  status: Status;
  author: string;
  created_at: string;
  reviewer: string | null;
  live_revision: number | null;
  gaps: Gap[];
}

export interface EntryView extends EntryFacts {
  content: Entry;
}

export interface EntrySummary extends EntryFacts {
  scenario: string;
  questions: Partial<Record<Language, string>>;
  valid_from: string | null;
  valid_to: string | null;
  featured: boolean;
  risk_class: RiskClass;
}

export interface Count {
  id: string;
  count: number;
}

export interface EntryPage {
  entries: EntrySummary[];
  total: number;
  scenarios: Count[];
  statuses: Count[];
  gaps: Count[];
  validities: Count[];
  today: string;
  soon: string;
}

/** The day it is at the bank, and the last of the days that are soon, such as `2026-11-01`. */
export type Calendar = Pick<EntryPage, "today" | "soon">;

export type FindingField = "question" | "similar" | "answer" | "risk" | "entry";

export interface Finding {
  rule: string;
  severity: "error" | "warning";
  language: Language | null;
  field: FindingField;
  excerpt: string;
  message: Record<Language, string>;
  other_entry: string | null;
}

export interface Revision {
  revision: number;
  status: Status;
  author: string;
  created_at: string;
  reviewer: string | null;
}

export interface EntryComment {
  revision: number;
  author: string;
  at: string;
  text: string;
}

/** What waits for a reviewer, in a list; `own` is what this person may not approve. */
export interface Waiting {
  id: string;
  revision: number;
  scenario: string;
  questions: Partial<Record<Language, string>>;
  author: string;
  created_at: string;
  live_revision: number | null;
  own: boolean;
}

export interface ReviewPage {
  entries: Waiting[];
  total: number;
  next: number | null;
}

export interface InReview {
  entry: EntryView;
  live: Entry | null;
  findings: Finding[];
  own: boolean;
}

/** A check question whose outcome a publication would change, with the entries put first before and after. */
export interface ChangedQuestion {
  text: string;
  language: Language;
  entry_id: string | null;
  change: "lost" | "won";
  before: string | null;
  after: string | null;
}

/** The check questions asked of what customers are told, and of that with what is proposed. */
export interface Regression {
  asked: number;
  right_before: number;
  right_after: number;
  questions: ChangedQuestion[];
}

export interface Publication {
  comment: string;
  entries: { id: string; revision: number }[];
  reasons: Record<string, string>;
}

export interface Published {
  release_id: number | null;
}

export interface Release {
  id: number;
  comment: string;
  published_by: string;
  published_at: string;
}

/** Some releases, the newest first, whether there are older ones, and the one that customers are answered from. */
export interface ReleasePage {
  live: number | null;
  releases: Release[];
  more: boolean;
}

export interface Change {
  entry_id: string;
  kind: "added" | "changed" | "withdrawn";
  revision: number | null;
  before: number | null;
}

export interface Candidate {
  entry_id: string;
  question: string;
  confidence: number;
  parts: Record<string, number>;
}

export interface Trial {
  release_id: number | null;
  outcome: "answer" | "clarify" | "none";
  answer_from: number;
  clarify_from: number;
  /** What the first candidate's confidence is made of beside its own parts. */
  question: Record<string, number>;
  candidates: Candidate[];
}

export interface Trials {
  language: Language;
  live: Trial | null;
  draft: Trial | null;
}

export type Fate = "new" | "changed" | "same" | "refused";
export const fates: readonly Fate[] = ["new", "changed", "same", "refused"];

export interface ImportRow {
  row: number;
  entry_id: string | null;
  fate: Fate;
  column: string | null;
  /** What is wrong with the row, where something is. */
  message: Record<Language, string> | null;
}

export interface Import {
  id: string;
  file: string;
  state: "checked" | "applying" | "done" | "failed";
  done: number;
  total: number;
  counts: Record<Fate, number>;
  rows: ImportRow[];
}

/** How far an import has come, without what becomes of each row. */
export type ImportProgress = Omit<Import, "rows">;

/** An import in the list of them. */
export type ImportSummary = Pick<Import, "id" | "file" | "state" | "done" | "total">;

/** A line of the audit log. */
export interface AuditLine {
  id: number;
  at: string;
  who: string;
  action: string;
  subject: string;
  detail: Record<string, unknown>;
}

/** Which lines are wanted; what is empty is not asked for. */
export interface AuditQuery {
  who: string;
  subject: string;
  action: string;
  since: string;
  until: string;
}

/** What a 409 `edit_conflict` carries beside its error. */
export interface EditConflict {
  current: EntryView;
  base: EntryView | null;
}
