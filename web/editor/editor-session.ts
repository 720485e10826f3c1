import { SignedIn, type Attempt } from "../shared/signed-in.ts";
import { lasting } from "../shared/storage.ts";
import { DraftStore } from "./draft-store.ts";
import type { EditorApi } from "./editor-api.ts";
import { EntryPages } from "./entry-pages.ts";
import { AuditLog } from "./audit-log.ts";
import { EntryTalk } from "./entry-talk.ts";
import { ImportRun } from "./import-run.ts";
import { InsightBoard } from "./insight-board.ts";
import type { EntrySummary, EntryView } from "./knowledge.ts";
import { OpenEntry } from "./open-entry.ts";
import { ReleaseLog } from "./release-log.ts";
import { ReviewQueue } from "./review-queue.ts";
import { formatRoute, newItem, noFilters, parseRoute, type Filters, type Route } from "./route.ts";
import { SuggestionBox } from "./suggestion-box.ts";
import { TestBench } from "./test-bench.ts";

/** The browser's address bar, as far as a session reads and writes it. */
export interface AddressBar {
  read(): string;
  write(hash: string, replace: boolean): void;
}

/** Who edits, where they are in the console, and its parts. */
export class EditorSession extends SignedIn<EditorApi> {
  route: Route;
  /** Where somebody wants to go while what they typed is not saved. */
  pending: Route | null = null;
  readonly pages: EntryPages;
  readonly open: OpenEntry;
  readonly talk: EntryTalk;
  readonly reviews: ReviewQueue;
  readonly releases: ReleaseLog;
  readonly imports: ImportRun;
  readonly audit: AuditLog;
  readonly bench: TestBench;
  readonly suggestions: SuggestionBox;
  readonly insight: InsightBoard;

  constructor(
    api: EditorApi,
    private readonly address: AddressBar,
  ) {
    super(api);
    this.route = parseRoute(address.read());
    const attempt: Attempt = (action) => this.attempt(action);
    const signedOut = (error: unknown): boolean => this.isSignedOut(error);
    this.pages = new EntryPages(api, signedOut);
    this.open = new OpenEntry(api, () => this.drafts, attempt, (view) => this.stored(view));
    this.talk = new EntryTalk(api, attempt, signedOut);
    this.reviews = new ReviewQueue(api, attempt, signedOut);
    this.releases = new ReleaseLog(api, attempt, signedOut);
    this.imports = new ImportRun(api, attempt, signedOut, () => void this.pages.refresh());
    this.audit = new AuditLog(api, attempt, signedOut);
    this.bench = new TestBench(api, signedOut);
    this.suggestions = new SuggestionBox(api, attempt, signedOut, () => void this.pages.refresh());
    this.insight = new InsightBoard(api, signedOut);
  }

  get drafts(): DraftStore {
    return new DraftStore(lasting("bilin.editor."), this.login);
  }

  get login(): string {
    return this.staff && typeof this.staff === "object" ? this.staff.login : "";
  }

  get mayEdit(): boolean {
    return this.hasRole("editor");
  }

  /** Whether they may read the audit log. */
  get mayAudit(): boolean {
    return this.hasRole("reviewer") || this.hasRole("supervisor");
  }

  get mayReview(): boolean {
    return this.hasRole("reviewer");
  }

  /** Goes there, unless that leaves an entry with unsaved writing: then `pending` waits for an answer. */
  go(to: Partial<Route>, { replace = false, leave = false } = {}): boolean {
    const route: Route = { ...this.route, item: null, ...to };
    if (!leave && this.open.isDirty && !(route.view === "entries" && route.item === this.open.item)) {
      this.pending = route;
      this.changed();
      return false;
    }
    this.pending = null;
    this.address.write(formatRoute(route), replace);
    this.arrive(route);
    return true;
  }

  filter(change: Partial<Filters>, replace = false): void {
    this.go({ item: this.route.item, filters: { ...this.route.filters, ...change } }, { replace });
  }

  /** The next or previous entry of the list, where there is one. */
  walk(step: 1 | -1): void {
    const next = this.pages.neighbour(this.route.item, step);
    if (next && next !== this.route.item) this.go({ item: next });
    if (step === 1 && this.pages.entries.slice(-5).some(({ id }) => id === next)) void this.pages.loadMore();
  }

  /** The next or previous change that waits for a reviewer. */
  walkReview(step: 1 | -1): void {
    const { entries } = this.reviews;
    const at = entries.findIndex(({ id }) => id === this.route.item);
    const next = at < 0 ? entries[0] : entries[at + step];
    if (next) this.go({ item: next.id });
    if (step === 1 && entries.slice(-5).some(({ id }) => id === next?.id)) void this.reviews.loadMore();
  }

  /** The next or previous question that was asked in vain. */
  walkSuggestions(step: 1 | -1): void {
    const next = this.suggestions.neighbour(this.route.item, step);
    if (next) this.go({ item: String(next.id) });
    if (step === 1 && this.suggestions.suggestions.at(-1) === next) void this.suggestions.loadMore();
  }

  /** Decides on the suggestion that is open, and goes on to the one after it. */
  async decide(decision: "accept" | "draft" | "dismiss", target?: string, inSpite = false): Promise<void> {
    const { suggestions, route } = this;
    const open = suggestions.find(route.item);
    if (!this.mayEdit || !open || open.status !== "open") return;
    const entry = target ?? open.nearest?.entry_id;
    const next = suggestions.neighbour(route.item, 1) ?? suggestions.neighbour(route.item, -1);
    if (decision === "accept") {
      if (!entry || !(await suggestions.accept(open.id, entry, inSpite))) return;
    } else if (decision === "draft" ? !(await suggestions.draft(open.id)) : !(await suggestions.dismiss(open.id))) {
      return;
    }
    if (this.route.item === route.item) this.go({ item: next ? String(next.id) : null }, { replace: true });
  }

  /** Entries that a text finds, whatever the list is narrowed by. */
  async find(text: string): Promise<EntrySummary[]> {
    return (await this.attempt(() => this.api.entries({ ...noFilters, text }, 0, 8)))?.entries ?? [];
  }

  /** Somebody used the browser's own buttons, or wrote an address. */
  moved(): void {
    const route = parseRoute(this.address.read());
    if (formatRoute(route) === formatRoute(this.route)) return;
    const before = formatRoute(this.route);
    const { view, item, filters } = route;
    if (this.open.isDirty && !(view === "entries" && item === this.open.item)) this.address.write(before, false);
    this.go({ view, item, filters }, { replace: true });
  }

  /** Answers the question whether to leave: on to where they wanted, or no further. */
  settle(leave: boolean): void {
    const { pending } = this;
    if (!pending) return;
    this.pending = null;
    if (leave) this.go(pending, { leave: true });
    else this.changed();
  }

  protected override get namedProblems(): readonly string[] {
    return ["own_revision", "checks_failed", "edit_conflict", "forbidden", "regression", "wrong_status", "release_changed", "nothing",
      "suggestion_decided", "language_missing", "question_known"];
  }

  protected override begun(): void {
    void this.pages.load(this.route.filters);
    if (this.route.view !== "review") void this.reviews.count();
    if (this.route.view !== "suggestions") void this.suggestions.load();
    this.show(null, this.route);
  }

  protected override ended(): void {
    this.pending = null;
    this.open.close();
    this.imports.forget();
  }

  private arrive(route: Route): void {
    const before = this.route;
    this.route = route;
    if (JSON.stringify(before.filters) !== JSON.stringify(route.filters)) void this.pages.load(route.filters);
    this.show(before, route);
    this.changed();
  }

  private show(before: Route | null, { view, item }: Route): void {
    const moved = before?.view !== view;
    if (view === "entries" && item) {
      if (this.open.item !== item || moved) void this.open.open(item);
    } else {
      this.open.close();
    }
    if (view === "review") {
      if (moved) void this.reviews.load();
      if (item && (moved || before?.item !== item)) void this.reviews.look(item);
    }
    if (view === "suggestions") {
      if (before?.item !== item) this.suggestions.turn();
      void this.showSuggestion(moved);
    }
    if (view === "audit" && moved && this.mayAudit) void this.audit.load();
    if (view === "files" && moved) void this.imports.find();
    if (view === "insight" && moved) void this.insight.load();
    if (view === "releases") {
      if (moved) void this.releases.load();
      void this.releases.open(item === null ? null : Number(item));
    }
  }

  /** The list comes first: what it has need not be asked for again. */
  private async showSuggestion(moved: boolean): Promise<void> {
    if (moved) await this.suggestions.load();
    const { view, item } = this.route;
    if (view === "suggestions" && item !== null && this.staff) await this.suggestions.look(item);
  }

  private stored(view: EntryView): void {
    this.pages.put(view);
    void this.pages.refresh();
    void this.reviews.count();
    const { route } = this;
    if (route.view === "entries" && route.item === newItem && this.open.item === newItem) {
      this.route = { ...route, item: view.id };
      this.address.write(formatRoute(this.route), true);
    }
    this.changed();
  }

  private hasRole(role: string): boolean {
    const { staff } = this;
    return typeof staff === "object" && staff !== null && [role, "admin"].some((name) => staff.roles.includes(name));
  }
}
