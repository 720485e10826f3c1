import { Refused } from "../shared/http.ts";
import { Observable } from "../shared/observable.ts";
import type { InsightColumn, InsightPage, InsightQuery, Unanswered } from "./asked.ts";
import type { EditorApi } from "./editor-api.ts";

export const insightRows = 50;

type Loaded<T> = T | "loading" | "unreachable" | { refused: string };

/** How entries fare, and what is asked in vain, for what is chosen; without days, for the bank's last four weeks. */
export class InsightBoard extends Observable {
  query: InsightQuery = { since: "", until: "", scenario: "", language: "", heat: "", sort: "answered", falling: true };
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
    this.adoptDays();
  }

  async choose(change: Partial<InsightQuery>): Promise<void> {
    this.query = { ...this.query, ...change };
    this.offset = 0;
    const { since, until } = this.query;
    if ((since === "") === (until === "")) await this.load();
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

  /** The bank's own days, where none were chosen: its today need not be the browser's. */
  private adoptDays(): void {
    const { query, entries } = this;
    if (query.since || query.until || typeof entries !== "object" || "refused" in entries) return;
    this.query = { ...query, since: entries.since, until: entries.until };
    this.changed();
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
