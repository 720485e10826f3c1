import { LitElement, css, html, nothing, type TemplateResult } from "lit";
import { property, query, state } from "lit/decorators.js";
import { dialogStyles } from "../shared/dialogs.ts";
import { foundation } from "../shared/foundation.ts";
import type { Translate } from "../shared/i18n.ts";
import { editorStyles } from "./editor-styles.ts";

export interface Question {
  title: string;
  about: string;
  confirm: string;
  danger?: boolean;
  /** The label of a box to write in; whether something has to be written. */
  comment?: { label: string; required: boolean };
}

/** Asks before something is done: yes with a comment, or no. Ctrl+Enter is yes, Escape is no. */
export class AskDialog extends LitElement {
  static override styles = [foundation, editorStyles, dialogStyles, css`
    #lacking {
      color: var(--danger);
    }
  `];

  @property({ attribute: false }) t!: Translate;
  @state() private question: Question | null = null;
  @state() private lacking = false;
  @query("dialog") private dialog!: HTMLDialogElement;
  @query("textarea") private box!: HTMLTextAreaElement | null;
  private answer: ((comment: string | null) => void) | null = null;

  get isOpen(): boolean {
    return this.dialog?.open ?? false;
  }

  /** The comment (empty where none was asked for), or null for no. */
  async ask(question: Question): Promise<string | null> {
    this.answer?.(null);
    this.question = question;
    this.lacking = false;
    await this.updateComplete;
    if (this.box) this.box.value = "";
    this.dialog.showModal();
    this.box?.focus();
    return new Promise((resolve) => (this.answer = resolve));
  }

  override render(): TemplateResult {
    const { t, question, lacking } = this;
    const label = question?.comment?.label;
    return html`<dialog aria-labelledby="title" data-testid="ask" @close=${() => this.settle(null)} @keydown=${this.keyed}>
      ${question
        ? html`<form @submit=${this.submit} novalidate>
            <h2 id="title">${question.title}</h2>
            <p>${question.about}</p>
            ${label
              ? html`<label class="field"><span class="label">${label}</span>
                  <textarea rows="3" maxlength="2000" data-testid="ask-comment" aria-invalid=${lacking ? "true" : "false"} aria-describedby="lacking"></textarea>
                  <span id="lacking" role="alert">${lacking ? t("ask.required") : nothing}</span></label>`
              : nothing}
            <div class="actions">
              <button type="button" class="button" data-testid="ask-no" @click=${() => this.dialog.close()}>${t("ask.no")}</button>
              <button class="button ${question.danger ? "danger" : "main"}" data-testid="ask-yes">${question.confirm}</button>
            </div>
          </form>`
        : nothing}
    </dialog>`;
  }

  private keyed(event: KeyboardEvent): void {
    event.stopPropagation();
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && !event.isComposing) this.submit(event);
  }

  private submit(event: Event): void {
    event.preventDefault();
    const comment = this.box?.value.trim() ?? "";
    this.lacking = Boolean(this.question?.comment?.required && !comment);
    if (this.lacking) return this.box?.focus();
    this.settle(comment);
    this.dialog.close();
  }

  private settle(comment: string | null): void {
    this.answer?.(comment);
    this.answer = null;
  }
}
