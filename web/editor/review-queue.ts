import { Refused } from "../shared/http.ts";
import type { Attempt } from "../shared/signed-in.ts";
import type { EditorApi } from "./editor-api.ts";
import type { EntryComment, Finding, InReview, Publication, Regression, Waiting } from "./knowledge.ts";
import { WaitingList } from "./waiting-list.ts";

type Looked = InReview | "loading" | "unreachable" | "gone";

/** What waits for a reviewer, what they have picked, and why they publish in spite of warnings. */
export class ReviewQueue extends WaitingList {
  picked: ReadonlySet<string> = new Set();
  reasons: Readonly<Record<string, string>> = {};
  /** A reason for all that are chosen and have none of their own. */
  commonReason = "";
  comments: readonly EntryComment[] | "loading" | "unreachable" = "loading";
  busy = false;
  /** The release that was just made. */
  published: number | null = null;
  /** What the check questions say of what is chosen: once asked, or where a publication was refused for it. */
  regression: Regression | "asking" | "unasked" | null = null;
  /** Findings of the revisions that were looked at or picked; those of a revision are asked for once. */
  private findings: ReadonlyMap<string, readonly Finding[]> = new Map();
  private items: ReadonlyMap<string, InReview> = new Map();
  private looked: { id: string; item: Looked } | null = null;
  private commentsOf: string | null = null;

  constructor(api: EditorApi, private readonly attempt: Attempt, signedOut: (error: unknown) => boolean) {
    super(api, signedOut);
  }

  /** Those picked that may be published, in the order of the queue. */
  get chosen(): readonly Waiting[] {
    return this.entries.filter((entry) => this.picked.has(entry.id) && this.isPublishable(entry));
  }

  /** The chosen entries with warnings whose reason is still to be written. */
  get unexplained(): readonly Waiting[] {
    if (this.commonReason.trim()) return [];
    return this.chosen.filter((entry) => this.hasWarnings(entry) && !this.reasonFor(entry.id).trim());
  }

  /** How many of the chosen nobody has looked at: their checks run when they are published. */
  get unexamined(): number {
    return this.chosen.filter((entry) => this.findingsOf(entry) === null).length;
  }

  /** Whether all that may be published is picked, as far as anybody knows. */
  get isAllPicked(): boolean {
    return !this.hasMore && this.entries.every((entry) => this.picked.has(entry.id) || !this.isPublishable(entry));
  }

  reasonFor(id: string): string {
    return this.reasons[id] ?? "";
  }

  /** What the checks found in this revision; null while nobody has asked. */
  findingsOf(entry: Revised): readonly Finding[] | null {
    return this.findings.get(keyOf(entry)) ?? null;
  }

  hasWarnings(entry: Revised): boolean {
    return this.has(entry, "warning");
  }

  hasErrors(entry: Revised): boolean {
    return this.has(entry, "error");
  }

  /** Whether this reviewer may publish it: somebody else wrote it, and no check is known to refuse it. */
  isPublishable(entry: Revised & { own: boolean }): boolean {
    return !entry.own && !this.hasErrors(entry);
  }

  /** What was read of the entry that somebody looks at. */
  lookedAt(id: string): Looked {
    return this.looked?.id === id ? this.looked.item : "loading";
  }

  /** Reads an entry with its findings, and what was said about it. */
  async look(id: string): Promise<void> {
    const row = this.entries.find((each) => each.id === id);
    const kept = row && this.items.get(keyOf(row));
    const looked: { id: string; item: Looked } = { id, item: kept ?? "loading" };
    this.looked = looked;
    void this.loadComments(id);
    if (kept) return;
    const item = await this.examine(id);
    if (this.looked !== looked || !item) return;
    looked.item = item;
    this.changed();
  }

  async loadComments(id: string): Promise<void> {
    this.commentsOf = id;
    this.comments = "loading";
    this.changed();
    let comments: ReviewQueue["comments"];
    try {
      comments = await this.api.comments(id);
    } catch (error) {
      if (this.signedOut(error)) return;
      comments = "unreachable";
    }
    if (this.commentsOf !== id) return;
    this.comments = comments;
    this.changed();
  }

  /** Picks an entry, or no longer; what the checks find in it is asked for. */
  pick(id: string, on: boolean): void {
    this.regression = null;
    const picked = new Set(this.picked);
    if (on) picked.add(id);
    else picked.delete(id);
    this.picked = picked;
    this.changed();
    const entry = this.entries.find((each) => each.id === id);
    if (on && entry && this.findingsOf(entry) === null) void this.examine(id);
  }

  /** Picks everything that may be published, however much of it was read. */
  async pickAll(): Promise<void> {
    if (!(await this.loadMore(true))) return;
    this.regression = null;
    this.picked = new Set(this.entries.filter((entry) => this.isPublishable(entry)).map(({ id }) => id));
    this.changed();
  }

  pickNone(): void {
    this.regression = null;
    this.picked = new Set();
    this.changed();
  }

  explain(id: string, reason: string): void {
    this.reasons = { ...this.reasons, [id]: reason };
    this.changed();
  }

  explainAll(reason: string): void {
    this.commonReason = reason;
    this.changed();
  }

  async publish(comment: string): Promise<boolean> {
    const { chosen } = this;
    if (this.busy || chosen.length === 0 || this.unexplained.length > 0) return false;
    const reasons = this.reasonsFor(chosen);
    const made = await this.while(async () => {
      try {
        const published = await this.api.publish({ comment, reasons, entries: revisionsOf(chosen) });
        if (published.release_id === null) throw new Refused(409, "nothing", "");
        return published;
      } catch (error) {
        if (error instanceof Refused) this.takeRefusal(error);
        throw error;
      }
    });
    if (!made) {
      void this.load();
      return false;
    }
    this.published = made.release_id;
    this.regression = null;
    this.picked = new Set();
    this.reasons = {};
    this.commonReason = "";
    this.findings = new Map(); // beside what is live by now, others are found
    this.items = new Map();
    this.remove(new Set(chosen.map(({ id }) => id)));
    await this.load();
    return true;
  }

  /** Asks the check questions of what is chosen, before anything is published. */
  async rehearse(): Promise<void> {
    const { chosen, picked } = this;
    if (chosen.length === 0 || this.regression === "asking") return;
    this.regression = "asking";
    this.changed();
    const answer = await this.attempt(() => this.api.rehearse(revisionsOf(chosen)));
    if (this.regression !== "asking" || this.picked !== picked) return; // something else was chosen, or is live by now
    this.regression = answer && (answer.regression ?? "unasked");
    this.changed();
  }

  forgetRegression(): void {
    this.regression = null;
    this.changed();
  }

  async giveBack({ id, revision }: Revised, comment: string): Promise<boolean> {
    if (this.busy) return false;
    const view = await this.while(() => this.api.giveBack(id, revision, comment));
    if (!view) {
      void this.load();
      return false;
    }
    this.pick(id, false);
    this.remove(new Set([id]));
    return true;
  }

  async say(id: string, text: string): Promise<boolean> {
    const comment = await this.while(() => this.api.comment(id, text));
    if (comment && this.commentsOf === id && typeof this.comments === "object") {
      this.comments = [...this.comments, comment];
      this.changed();
    }
    return comment !== null;
  }

  /** What was picked stays so, and what is looked at is not read again, while it is the same revision that waits. */
  protected override take(read: Parameters<WaitingList["take"]>[0]): void {
    const before = new Map(this.entries.map(({ id, revision }) => [id, revision]));
    super.take(read);
    const same = read.entries.filter(({ id, revision }) => this.picked.has(id) && before.get(id) === revision);
    if (same.length < this.picked.size) this.picked = new Set(same.map(({ id }) => id));
    const { looked } = this;
    if (!looked || typeof looked.item !== "object") return;
    const row = read.entries.find(({ id }) => id === looked.id);
    if (row ? row.revision !== looked.item.entry.revision : read.next === null) void this.look(looked.id);
  }

  private async examine(id: string): Promise<Looked | null> {
    try {
      const item = await this.api.waiting(id);
      this.findings = new Map(this.findings).set(keyOf(item.entry), item.findings);
      this.items = new Map(this.items).set(keyOf(item.entry), item);
      this.changed();
      return item;
    } catch (error) {
      if (this.signedOut(error)) return null;
      return error instanceof Refused ? "gone" : "unreachable";
    }
  }

  private has(entry: Revised, wanted: Finding["severity"]): boolean {
    return this.findingsOf(entry)?.some(({ severity }) => severity === wanted) ?? false;
  }

  private reasonsFor(chosen: readonly Waiting[]): Record<string, string> {
    const own = chosen.filter((entry) => this.hasWarnings(entry) && this.reasonFor(entry.id).trim());
    const common = this.commonReason.trim();
    return { ...Object.fromEntries(own.map(({ id }) => [id, this.reasonFor(id).trim()])), ...(common ? { "*": common } : {}) };
  }

  private takeRefusal({ code, body }: Refused): void {
    const said = body as { findings?: Record<string, Finding[]>; regression?: Regression } | null;
    if (code === "regression") this.regression = said?.regression ?? null;
    if (code !== "checks_failed") return;
    const found = new Map(this.findings);
    for (const entry of this.entries) {
      const theirs = said?.findings?.[entry.id];
      if (theirs) found.set(keyOf(entry), theirs);
    }
    this.findings = found;
  }

  private async while<T>(action: () => Promise<T>): Promise<T | null> {
    this.busy = true;
    this.published = null;
    this.changed();
    const result = await this.attempt(action);
    this.busy = false;
    this.changed();
    return result;
  }
}

interface Revised {
  id: string;
  revision: number;
}

function keyOf({ id, revision }: Revised): string {
  return `${revision} ${id}`;
}

function revisionsOf(chosen: readonly Revised[]): Publication["entries"] {
  return chosen.map(({ id, revision }) => ({ id, revision }));
}
