import { css } from "lit";
import { LitElement } from "lit";
import { property, query } from "lit/decorators.js";
import { dialogStyles } from "../shared/dialogs.ts";
import { foundation } from "../shared/foundation.ts";
import type { Translate } from "../shared/i18n.ts";
import { Watching } from "../shared/observable.ts";
import type { Language } from "../shared/protocol.ts";
import type { DeskSession } from "./desk-session.ts";
import { deskStyles } from "./desk-styles.ts";

/** One of the desk's modal dialogs: the browser keeps the focus in it, closes it on Escape and gives the focus back. */
export abstract class DeskDialog extends LitElement {
  static override styles = [foundation, deskStyles, dialogStyles, css`
    :host {
      display: contents;
    }
    dialog {
      max-height: calc(100dvh - var(--space-8));
      overflow-y: auto;
    }
    fieldset {
      display: grid;
      gap: 2px;
      margin: 0;
      padding: 0;
      border: 0;
    }
    legend {
      padding: 0 0 var(--space-1);
      color: var(--ink-quiet);
      font-size: var(--text-xs);
    }
    .choice {
      display: flex;
      align-items: center;
      gap: var(--space-2);
      min-height: var(--target-dense);
      padding: 2px var(--space-2);
      border-radius: var(--radius-small);
      cursor: pointer;
    }
    .choice:hover,
    .choice:has(:checked) {
      background: var(--accent-soft);
    }
    .choice .more {
      margin-inline-start: auto;
      text-align: end;
    }
    .choice input {
      accent-color: var(--accent-text);
    }
    .inner {
      padding-inline-start: var(--space-6);
    }
    .scroll {
      max-height: 232px;
      overflow-y: auto;
    }
    .field {
      display: grid;
      gap: var(--space-1);
    }
    input[type="text"],
    select,
    textarea {
      width: 100%;
      min-height: var(--target-dense);
      padding: 6px var(--space-2);
      border: 1px solid var(--line-strong);
      border-radius: var(--radius-small);
      background: var(--paper-raised);
      color: inherit;
      font: inherit;
      line-height: 1.5;
      resize: vertical;
    }
    .good {
      color: var(--good);
    }
  `];

  @property({ attribute: false }) session!: DeskSession;
  @property({ attribute: false }) t!: Translate;
  @property() language: Language = "zh";
  @query("dialog") protected dialog!: HTMLDialogElement | null;
  private watching: Watching | null = null;

  get isOpen(): boolean {
    return this.dialog?.open ?? false;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.watching ??= new Watching(this, this.session);
  }

  async show(): Promise<void> {
    await this.updateComplete;
    this.dialog?.showModal();
  }

  protected hide(): void {
    this.dialog?.close();
  }
}
