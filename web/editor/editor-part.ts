import { LitElement } from "lit";
import { property } from "lit/decorators.js";
import type { Translate } from "../shared/i18n.ts";
import { Watching, type Observable } from "../shared/observable.ts";
import type { Language } from "../shared/protocol.ts";
import type { Question } from "./ask-dialog.ts";
import type { EditorSession } from "./editor-session.ts";

/** A part of the console that draws the session, again whenever it or what the part names as its own changes. */
export class EditorPart extends LitElement {
  @property({ attribute: false }) session!: EditorSession;
  @property({ attribute: false }) t!: Translate;
  /** Asks the person; the comment, or null for no. */
  @property({ attribute: false }) ask!: (question: Question) => Promise<string | null>;
  @property() language: Language = "zh";
  private isWatching = false;

  override connectedCallback(): void {
    super.connectedCallback();
    if (this.isWatching) return;
    this.isWatching = true;
    for (const observable of [this.session, ...this.observables()]) new Watching(this, observable);
  }

  /** What the part draws beside the session itself. */
  protected observables(): readonly Observable[] {
    return [];
  }
}
