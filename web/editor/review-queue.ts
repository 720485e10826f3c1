import { Refused } from "../shared/http.ts";
import { Observable } from "../shared/observable.ts";
import type { Attempt } from "../shared/signed-in.ts";
import type { EditorApi } from "./editor-api.ts";
import type { EntryComment, Finding, InReview, Publication, Regression } from "./knowledge.ts";

/** What waits for a reviewer, what they have picked, and why they publish in spite of warnings. */
export class ReviewQueue extends Observable {
  state: "loading" | "ready" | "unreachable" = "loading";
  entries: readonly InReview[] = [];
  picked: ReadonlySet<string> = new Set();
  reasons: Readonly<Record<string, string>> = {};
  comments: readonly EntryComment[] | "loading" | "unreachable" = "loading";
  busy = false;
  /** The release that was just made. */
  published: number | null = null;
  /** What the check questions say of what is chosen: once asked, or where a publication was refused for it. */
  regression: Regression | "asking" | "unasked" | null = null;
  private commentsOf: string | null = null;

  constructor(
    private readonly api: EditorApi,
    private readonly attempt: Attempt,
    private readonly signedOut: (error: unknown) => boolean,
  ) {
    super();
  }

  /** Those picked that may be published, in the order of the queue. */
  get chosen(): readonly InReview[] {
    return this.entries.filter((item) => this.picked.has(item.entry.id) && isPublishable(item));
  }

  /** The chosen entries with warnings whose reason is still to be written. */
  get unexplained(): readonly InReview[] {
    return this.chosen.filter((item) => hasWarnings(item) && !this.reasonFor(item.entry.id).trim());
  }

  reasonFor(id: string): string {
    return this.reasons[id] ?? "";
  }

  async load(): Promise<void> {
    if (this.state === "unreachable") this.state = "loading";
    this.changed();
    try {
      this.entries = await this.api.review();
      this.state = "ready";
    } catch (error) {
      if (this.signedOut(error)) return;
      if (this.state !== "ready") this.state = "unreachable";
    }
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

  pick(id: string, on: boolean): void {
    this.regression = null;
    const picked = new Set(this.picked);
    if (on) picked.add(id);
    else picked.delete(id);
    this.picked = picked;
    this.changed();
  }

  explain(id: string, reason: string): void {
    this.reasons = { ...this.reasons, [id]: reason };
    this.changed();
  }

  async publish(comment: string): Promise<boolean> {
    const chosen = this.chosen;
    if (this.busy || chosen.length === 0 || this.unexplained.length > 0) return false;
    const reasons = Object.fromEntries(
      chosen.filter(hasWarnings).map(({ entry }) => [entry.id, this.reasonFor(entry.id).trim()]),
    );
    const made = await this.while(async () => {
      try {
        const published = await this.api.publish({ comment, reasons, entries: this.chosenRevisions });
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
    await this.load();
    return true;
  }

  /** Asks the check questions of what is chosen, before anything is published. */
  async rehearse(): Promise<void> {
    if (this.chosen.length === 0 || this.regression === "asking") return;
    const { picked } = this;
    this.regression = "asking";
    this.changed();
    const answer = await this.attempt(() => this.api.rehearse(this.chosenRevisions));
    if (this.regression !== "asking" || this.picked !== picked) return; // something else was chosen, or is live by now
    this.regression = answer && (answer.regression ?? "unasked");
    this.changed();
  }

  forgetRegression(): void {
    this.regression = null;
    this.changed();
  }

  async giveBack(id: string, comment: string): Promise<boolean> {
    const item = this.entries.find(({ entry }) => entry.id === id);
    if (!item || this.busy) return false;
    const view = await this.while(() => this.api.giveBack(id, item.entry.revision, comment));
    if (!view) return false;
    this.pick(id, false);
    await this.load();
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

  private get chosenRevisions(): Publication["entries"] {
    return this.chosen.map(({ entry }) => ({ id: entry.id, revision: entry.revision }));
  }

  private takeRefusal({ code, body }: Refused): void {
    const said = body as { findings?: Record<string, Finding[]>; regression?: Regression } | null;
    if (code === "regression") this.regression = said?.regression ?? null;
    if (code !== "checks_failed") return;
    const findings = said?.findings ?? {};
    this.entries = this.entries.map((item) => ({ ...item, findings: findings[item.entry.id] ?? item.findings }));
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

export function hasWarnings({ findings }: InReview): boolean {
  return findings.some(({ severity }) => severity === "warning");
}

export function hasErrors({ findings }: InReview): boolean {
  return findings.some(({ severity }) => severity === "error");
}

/** Whether this reviewer may publish it: somebody else wrote it, and no check refuses it. */
export function isPublishable(item: InReview): boolean {
  return !item.own && !hasErrors(item);
}
