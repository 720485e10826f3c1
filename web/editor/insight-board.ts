import { Refused } from "../shared/http.ts";
import { Observable } from "../shared/observable.ts";
import type { InsightColumn, InsightPage, InsightQuery, Unanswered } from "./asked.ts";
import type { EditorApi } from "./editor-api.ts";

export const insightRows = 50;

type Loaded<T> = T | "loading" | "unreachable" | { refused: string };

const dayMilliseconds = 86_400_000;
const shownDays = 28;

/** The last four weeks, as the reader's own clock has them. */
export function lastWeeks(now: Date): { since: string; until: string } {
  const day = new Intl.DateTimeFormat("sv");
  return { since: day.format(new Date(now.getTime() - (shownDays - 1) * dayMilliseconds)), until: day.format(now) };
}

/** How entries fare, and what is asked in vain, for what is chosen. */
export class InsightBoard extends Observable {
  query: InsightQuery = { ...lastWeeks(new Date()), scenario: "", language: "", heat: "", sort: "answered", falling: true };
  offset = 0;
  entries: Loaded<InsightPage> = "loading";
  unanswered: Loaded<Unanswered> = "loading";
  private asked = 0;

  constructor(
    private readonly api: EditorApi,
    private readonly signedOut: (error: unknown) => boolean,
  ) {
    super();
  }

  async load(): Promise<void> {
    await Promise.all([this.loadEntries(), this.loadUnanswered()]);
  }

  async choose(change: Partial<InsightQuery>): Promise<void> {
    this.query = { ...this.query, ...change };
    this.offset = 0;
    if (this.query.since && this.query.until) await this.load();
    else this.changed();
  }

  /** By this column; again by the same turns the order round. */
  async sort(column: InsightColumn): Promise<void> {
    const { sort, falling } = this.query;
    this.query = { ...this.query, sort: column, falling: sort === column ? !falling : column !== "entry_id" };
    this.offset = 0;
    await this.loadEntries();
  }

  async turnTo(offset: number): Promise<void> {
    this.offset = Math.max(0, offset);
    await this.loadEntries();
  }

  async loadEntries(): Promise<void> {
    const asked = ++this.asked;
    await this.read(this.entries, (found) => (this.entries = found), () => this.api.insight(this.query, this.offset, insightRows), () => asked === this.asked);
  }

  async loadUnanswered(): Promise<void> {
    const { query } = this;
    await this.read(this.unanswered, (found) => (this.unanswered = found), () => this.api.unanswered(query), () => sameQuestion(this.query, query));
  }

  /** What is there already stays in sight until the new figures are; what nobody waits for any more is dropped. */
  private async read<T extends object>(held: Loaded<T>, put: (found: Loaded<T>) => void, call: () => Promise<T>, current: () => boolean): Promise<void> {
    if (typeof held !== "object" || "refused" in held) put("loading");
    this.changed();
    let found: Loaded<T>;
    try {
      found = await call();
    } catch (error) {
      if (this.signedOut(error)) return;
      found = error instanceof Refused ? { refused: error.reason } : "unreachable";
    }
    if (!current()) return;
    put(found);
    this.changed();
  }
}

/** Whether two queries ask the same of unanswered questions: the order of the entries is nothing to those. */
function sameQuestion(one: InsightQuery, other: InsightQuery): boolean {
  return (["since", "until", "scenario", "language"] as const).every((name) => one[name] === other[name]);
}
