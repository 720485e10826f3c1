import { Observable } from "../shared/observable.ts";
import type { Attempt } from "../shared/signed-in.ts";
import type { Origin } from "./asked.ts";
import type { EditorApi } from "./editor-api.ts";
import type { Entry, EntryComment, Revision } from "./knowledge.ts";

/** What has been said about the open entry, and its revisions. */
export class EntryTalk extends Observable {
  state: "loading" | "ready" | "unreachable" = "loading";
  comments: readonly EntryComment[] = [];
  revisions: readonly Revision[] = [];
  /** Where drafts of it came from. */
  origins: readonly Origin[] = [];
  /** The old revision that is being looked at. */
  shown: { revision: number; content: Entry } | null = null;
  private id: string | null = null;

  constructor(
    private readonly api: EditorApi,
    private readonly attempt: Attempt,
    private readonly signedOut: (error: unknown) => boolean,
  ) {
    super();
  }

  async load(id: string): Promise<void> {
    if (this.id !== id) {
      this.state = "loading";
      this.shown = null;
    }
    this.id = id;
    this.changed();
    try {
      const [comments, revisions, origins] = await Promise.all([this.api.comments(id), this.api.revisions(id), this.api.origins(id)]);
      if (this.id !== id) return;
      this.comments = comments;
      this.revisions = revisions;
      this.origins = origins;
      this.state = "ready";
    } catch (error) {
      if (this.id !== id || this.signedOut(error)) return;
      this.state = "unreachable";
    }
    this.changed();
  }

  async say(text: string): Promise<boolean> {
    const { id } = this;
    if (!id) return false;
    const comment = await this.attempt(() => this.api.comment(id, text));
    if (comment && this.id === id) this.comments = [...this.comments, comment];
    this.changed();
    return comment !== null;
  }

  async look(revision: number | null): Promise<void> {
    const { id } = this;
    this.shown = null;
    this.changed();
    if (!id || revision === null) return;
    const view = await this.attempt(() => this.api.revision(id, revision));
    if (view && this.id === id) this.shown = { revision, content: view.content };
    this.changed();
  }
}
