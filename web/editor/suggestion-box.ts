import { Refused } from "../shared/http.ts";
import { Observable } from "../shared/observable.ts";
import type { Attempt } from "../shared/signed-in.ts";
import type { Draft, QuestionConflict, Suggestion, SuggestionPage, SuggestionStatus } from "./asked.ts";
import type { EditorApi } from "./editor-api.ts";

/** What was decided last, to be told and, where it is no draft, taken back. */
export type Decision =
  | { kind: "accepted" | "drafted"; id: number; draft: Draft }
  | { kind: "dismissed"; id: number };

type Missing = "loading" | "unreachable" | "gone";

/** What customers asked in vain, and what becomes of it. */
export class SuggestionBox extends Observable {
  state: "loading" | "ready" | "unreachable" = "loading";
  status: SuggestionStatus = "open";
  suggestions: readonly Suggestion[] = [];
  total = 0;
  statuses: Readonly<Record<string, number>> = {};
  /** The examples that are added besides the first question, of the suggestion that is open. */
  picked: ReadonlySet<string> = new Set();
  conflict: { id: number; target: string; nearer: QuestionConflict } | null = null;
  decision: Decision | null = null;
  busy = false;
  /** One that is looked at and is not in the list: decided, of later pages, or of another status. */
  private apart: { item: string; found: Suggestion | Missing } | null = null;
  more: "idle" | "loading" | "error" = "idle";

  constructor(
    private readonly api: EditorApi,
    private readonly attempt: Attempt,
    private readonly signedOut: (error: unknown) => boolean,
    private readonly drafted: () => void,
  ) {
    super();
  }

  get open(): number {
    return this.statuses["open"] ?? 0;
  }

  get hasMore(): boolean {
    return this.suggestions.length < this.total;
  }

  find(item: string | null): Suggestion | null {
    const listed = this.suggestions.find(({ id }) => String(id) === item);
    if (listed || this.apart?.item !== item || typeof this.apart.found !== "object") return listed ?? null;
    return this.apart.found;
  }

  /** Why the one that is looked at is not here. */
  missing(item: string): Missing {
    return this.apart?.item === item && typeof this.apart.found !== "object" ? this.apart.found : "loading";
  }

  /** Reads the one that is looked at, where it is not in the list. */
  async look(item: string): Promise<void> {
    if (this.find(item)) return;
    const apart: { item: string; found: Suggestion | Missing } = { item, found: "loading" };
    this.apart = apart;
    this.changed();
    try {
      apart.found = await this.api.suggestion(item);
    } catch (error) {
      if (this.signedOut(error)) return;
      apart.found = error instanceof Refused ? "gone" : "unreachable";
    }
    if (this.apart === apart) this.changed();
  }

  /** The one that comes after, or before, the one that is open. */
  neighbour(item: string | null, step: 1 | -1): Suggestion | null {
    const at = this.suggestions.findIndex(({ id }) => String(id) === item);
    return (at < 0 ? this.suggestions[0] : this.suggestions[at + step]) ?? null;
  }

  async load(status: SuggestionStatus = this.status): Promise<void> {
    if (status !== this.status || this.state === "unreachable") this.state = "loading";
    this.status = status;
    this.changed();
    try {
      const page = await this.api.suggestions(status, 0);
      if (status !== this.status) return;
      this.take(page, []);
      this.state = "ready";
    } catch (error) {
      if (this.signedOut(error)) return;
      if (this.state !== "ready") this.state = "unreachable";
    }
    this.changed();
  }

  async loadMore(): Promise<void> {
    if (this.more === "loading" || !this.hasMore) return;
    this.more = "loading";
    this.changed();
    const { status, suggestions } = this;
    try {
      const page = await this.api.suggestions(status, suggestions.length);
      if (status === this.status) this.take(page, suggestions);
      this.more = "idle";
    } catch (error) {
      if (this.signedOut(error)) return;
      this.more = "error";
    }
    this.changed();
  }

  pick(text: string, on: boolean): void {
    const picked = new Set(this.picked);
    if (on) picked.add(text);
    else picked.delete(text);
    this.picked = picked;
    this.changed();
  }

  /** Somebody looks at another suggestion. */
  turn(): void {
    this.picked = new Set();
    this.conflict = null;
    this.changed();
  }

  async accept(id: number, target: string, inSpite = false): Promise<boolean> {
    const chosen = this.find(String(id));
    if (!chosen) return false;
    const questions = this.picked.size > 0 ? [chosen.text, ...[...this.picked].filter((text) => text !== chosen.text)] : [];
    this.conflict = null;
    const draft = await this.while(async () => {
      try {
        return await this.api.accept(id, target, questions, inSpite);
      } catch (error) {
        if (!(error instanceof Refused && error.code === "question_conflict")) throw error;
        this.conflict = { id, target, nearer: (error.body as { conflict: QuestionConflict }).conflict };
        return null;
      }
    });
    if (draft) this.gone({ kind: "accepted", id, draft });
    return Boolean(draft);
  }

  async draft(id: number): Promise<Draft | null> {
    const draft = await this.while(() => this.api.draftOf(id));
    if (draft) this.gone({ kind: "drafted", id, draft });
    return draft;
  }

  async dismiss(id: number): Promise<boolean> {
    const done = await this.while(() => this.api.dismiss(id));
    if (done) this.gone({ kind: "dismissed", id });
    return Boolean(done);
  }

  async reopen(id: number): Promise<void> {
    const done = await this.while(() => this.api.reopen(id));
    if (!done) return;
    this.decision = null;
    if (this.find(String(id))) this.apart = { item: String(id), found: done };
    await this.load();
  }

  forgetDecision(): void {
    this.decision = null;
    this.changed();
  }

  private take({ suggestions, total, statuses }: SuggestionPage, before: readonly Suggestion[]): void {
    const known = new Set(before.map(({ id }) => id));
    this.suggestions = [...before, ...suggestions.filter(({ id }) => !known.has(id))];
    this.total = total;
    this.statuses = Object.fromEntries(statuses.map(({ id, count }) => [id, count]));
  }

  private gone(decision: Decision): void {
    this.suggestions = this.suggestions.filter(({ id }) => id !== decision.id);
    if (this.status === "open") this.total -= 1;
    if (this.apart?.item === String(decision.id)) this.apart = null;
    const to = decision.kind === "dismissed" ? "dismissed" : "accepted";
    this.statuses = { ...this.statuses, open: Math.max(0, this.open - 1), [to]: (this.statuses[to] ?? 0) + 1 };
    this.decision = decision;
    this.picked = new Set();
    if (decision.kind !== "dismissed") this.drafted();
    this.changed();
    if (this.suggestions.length === 0 && this.hasMore) void this.load();
  }

  private async while<T>(action: () => Promise<T | null>): Promise<T | null> {
    if (this.busy) return null;
    this.busy = true;
    this.changed();
    const made = await this.attempt(action);
    this.busy = false;
    this.changed();
    return made;
  }
}
