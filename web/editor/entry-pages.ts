import { Refused } from "../shared/http.ts";
import { Observable } from "../shared/observable.ts";
import type { EditorApi } from "./editor-api.ts";
import type { Calendar, Count, EntrySummary, EntryView } from "./knowledge.ts";
import { noFilters, type Filters } from "./route.ts";

export const pageSize = 50;

export interface Counts {
  scenarios: Count[];
  statuses: Count[];
  gaps: Count[];
  validities: Count[];
}

/** The list of entries that match the filters, read a page at a time. */
export class EntryPages extends Observable {
  state: "loading" | "ready" | "unreachable" | "refused" = "loading";
  reason = "";
  entries: readonly EntrySummary[] = [];
  total = 0;
  counts: Counts | null = null;
  /** The bank's own, which need not be the browser's. */
  calendar: Calendar | null = null;
  filters: Filters = noFilters;
  /** Whether the next page is being read, or could not be. */
  more: "idle" | "loading" | "error" = "idle";
  private reading: AbortController | null = null;

  constructor(
    private readonly api: EditorApi,
    private readonly signedOut: (error: unknown) => boolean,
  ) {
    super();
  }

  get hasMore(): boolean {
    return this.entries.length < this.total;
  }

  /** Reads the first page. What is on the screen stays until the answer is here. */
  async load(filters: Filters): Promise<void> {
    this.filters = filters;
    if (this.state !== "ready") this.state = "loading";
    this.changed();
    await this.read(0, (page) => {
      this.state = "ready";
      this.entries = page;
    }, (error) => {
      this.state = error instanceof Refused ? "refused" : "unreachable";
      this.reason = error instanceof Refused ? error.reason : "";
    });
  }

  async loadMore(): Promise<void> {
    if (this.more === "loading" || !this.hasMore || this.state !== "ready") return;
    this.more = "loading";
    this.changed();
    await this.read(this.entries.length, (page) => {
      const known = new Set(this.entries.map(({ id }) => id));
      this.entries = [...this.entries, ...page.filter(({ id }) => !known.has(id))];
      this.more = "idle";
    }, () => (this.more = "error"));
  }

  /** Reads the counts again, and the rows of the first page; rows further down keep their place. */
  async refresh(): Promise<void> {
    await this.read(0, (page) => {
      this.state = "ready";
      const fresh = new Map(page.map((entry) => [entry.id, entry]));
      this.entries = this.entries.length <= pageSize ? page : this.entries.map((entry) => fresh.get(entry.id) ?? entry);
    }, () => {});
  }

  /** Shows a revision that was just stored, without asking again. */
  put({ content, ...facts }: EntryView): void {
    const { scenario, valid_from, valid_to, featured, risk_class, variants } = content;
    const questions = Object.fromEntries(Object.entries(variants).map(([language, { question }]) => [language, question]));
    const summary: EntrySummary = { ...facts, scenario, valid_from, valid_to, featured, risk_class, questions };
    this.entries = this.entries.map((entry) => (entry.id === summary.id ? summary : entry));
    this.changed();
  }

  /** The entry `step` rows after this one; the first where it is not in the list. */
  neighbour(id: string | null, step: number): string | null {
    const at = this.entries.findIndex((entry) => entry.id === id);
    return (at < 0 ? this.entries[0] : this.entries[at + step])?.id ?? null;
  }

  private async read(offset: number, take: (page: EntrySummary[]) => void, fail: (error: unknown) => void): Promise<void> {
    this.reading?.abort();
    const reading = (this.reading = new AbortController());
    if (offset === 0) this.more = "idle";
    try {
      const page = await this.api.entries(this.filters, offset, pageSize, reading.signal);
      if (this.reading !== reading) return;
      this.total = page.total;
      this.counts = page;
      this.calendar = page;
      take(page.entries);
    } catch (error) {
      if (this.reading !== reading || this.signedOut(error)) return;
      fail(error);
    }
    this.changed();
  }
}
