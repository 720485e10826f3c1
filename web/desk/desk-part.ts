import { LitElement } from "lit";
import { property } from "lit/decorators.js";
import type { Translate } from "../shared/i18n.ts";
import { Watching } from "../shared/observable.ts";
import type { Language } from "../shared/protocol.ts";
import type { DeskSession } from "./desk-session.ts";

/** A part of the desk that draws the session, again whenever it changes. */
export class DeskPart extends LitElement {
  @property({ attribute: false }) session!: DeskSession;
  @property({ attribute: false }) t!: Translate;
  @property() language: Language = "zh";
  private watching: Watching | null = null;

  override connectedCallback(): void {
    super.connectedCallback();
    this.watching ??= new Watching(this, this.session);
  }
}
