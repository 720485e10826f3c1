import { LitElement, css, html, nothing, type TemplateResult } from "lit";
import { property, query, state } from "lit/decorators.js";
import { foundation } from "../shared/foundation.ts";
import type { Translate } from "../shared/i18n.ts";
import { editorStyles } from "./editor-styles.ts";
import type { EntryComment } from "./knowledge.ts";
import { moment } from "./marks.ts";

/** What editors and reviewers have said about an entry, and a box to say more. */
export class CommentList extends LitElement {
  static override styles = [foundation, editorStyles, css`
    ol {
      display: grid;
      gap: var(--space-2);
    }
    li {
      padding: var(--space-1) var(--space-2);
      border-radius: var(--radius-small);
      background: var(--paper-raised);
    }
    li p {
      overflow-wrap: anywhere;
      white-space: pre-wrap;
    }
    form {
      display: flex;
      align-items: end;
      gap: var(--space-2);
      margin-block-start: var(--space-2);
    }
    textarea {
      flex: 1;
      min-height: var(--target-dense);
      field-sizing: content;
    }
  `];

  @property({ attribute: false }) comments: readonly EntryComment[] = [];
  @property({ attribute: false }) say!: (text: string) => Promise<boolean>;
  @property({ attribute: false }) t!: Translate;
  @state() private busy = false;
  @query("textarea") private box!: HTMLTextAreaElement;

  override render(): TemplateResult {
    const { t } = this;
    return html`${this.comments.length === 0 ? html`<p class="quiet">${t("comments.empty")}</p>` : nothing}
      <ol class="plain">${this.comments.map((comment) => html`<li data-testid="comment">
        <span class="label numbers">${comment.author} · ${moment(comment.at)} · ${t("revision.number", { number: comment.revision })}</span>
        <p>${comment.text}</p></li>`)}</ol>
      <form @submit=${this.submit}>
        <textarea rows="1" maxlength="2000" data-testid="comment-text" aria-label=${t("comments.label")} placeholder=${t("comments.label")}></textarea>
        <button class="button" data-testid="comment-send" aria-disabled=${this.busy ? "true" : "false"}>${t("comments.send")}</button>
      </form>`;
  }

  private async submit(event: Event): Promise<void> {
    event.preventDefault();
    const text = this.box.value.trim();
    if (!text || this.busy) return this.box.focus();
    this.busy = true;
    if (await this.say(text)) this.box.value = "";
    this.busy = false;
  }
}
