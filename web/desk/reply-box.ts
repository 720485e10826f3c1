import { css, html, nothing, type PropertyValues, type TemplateResult } from "lit";
import { query } from "lit/decorators.js";
import { fitHeight, isSendKey } from "../shared/composing.ts";
import { foundation } from "../shared/foundation.ts";
import { icon } from "../shared/icons.ts";
import { DeskPart } from "./desk-part.ts";
import { deskStyles } from "./desk-styles.ts";

const limit = 2000;
const countFrom = 1800;
const idleMilliseconds = 4000;

/** Where the agent writes; each chat keeps its own draft. */
export class ReplyBox extends DeskPart {
  static override styles = [foundation, deskStyles, css`
    :host {
      padding: var(--space-3) var(--space-4);
      border-block-start: 1px solid var(--line);
      background: var(--paper);
    }
    form {
      display: flex;
      align-items: flex-end;
      gap: var(--space-2);
      padding: 3px;
      border: 1px solid var(--line-strong);
      border-radius: var(--radius);
      background: var(--paper-raised);
    }
    form:focus-within {
      border-color: var(--accent-text);
      box-shadow: 0 0 0 1px var(--accent-text);
    }
    textarea {
      flex: 1;
      min-width: 0;
      min-height: var(--target);
      max-height: 168px;
      padding: var(--space-2) var(--space-3);
      border: 0;
      background: none;
      font-size: var(--text-m);
      line-height: 1.6;
      resize: none;
    }
    textarea:focus-visible {
      box-shadow: none;
    }
    textarea::placeholder {
      color: var(--ink-quiet);
      opacity: 1;
    }
    .button {
      min-height: var(--target);
    }
    .left {
      text-align: end;
    }
    @media (pointer: coarse) {
      textarea {
        font-size: 16px;
      }
    }
  `];

  @query("textarea") private box!: HTMLTextAreaElement;
  private typing = false;
  private typingTimer: ReturnType<typeof setTimeout> | undefined;

  override focus(options?: FocusOptions): void {
    this.box.focus(options);
  }

  /** Puts a text where the cursor is, on lines of its own if something stands there. */
  insert(text: string): void {
    const { box } = this;
    const before = box.value.slice(0, box.selectionStart);
    const after = box.value.slice(box.selectionEnd);
    const start = before && !before.endsWith("\n") ? `${before}\n` : before;
    this.session.write((start + text + after).slice(0, limit));
    void this.updateComplete.then(() => {
      box.focus();
      box.setSelectionRange(start.length + text.length, start.length + text.length);
      box.scrollTop = box.scrollHeight;
    });
  }

  override updated(_changes: PropertyValues): void {
    fitHeight(this.box);
  }

  override render(): TemplateResult {
    const { t } = this;
    const text = this.session.thread?.draft ?? "";
    return html`
      <form @submit=${this.submit}>
        <textarea rows="1" maxlength=${limit} data-testid="reply" aria-label=${t("reply.label")} enterkeyhint="send"
          placeholder=${t("reply.placeholder")} .value=${text} @input=${this.typed} @keydown=${this.pressed}></textarea>
        <button class="button main" data-testid="send-reply" aria-disabled=${text.trim() ? "false" : "true"}>
          ${icon("send")}${t("reply.send")}
        </button>
      </form>
      ${text.length >= countFrom
        ? html`<p class="label left numbers" role="status">${t("reply.left", { count: limit - text.length })}</p>`
        : nothing}`;
  }

  private typed(): void {
    this.session.write(this.box.value);
    this.tellTyping(true);
    clearTimeout(this.typingTimer);
    this.typingTimer = setTimeout(() => this.tellTyping(false), idleMilliseconds);
  }

  private pressed(event: KeyboardEvent): void {
    if (isSendKey(event) && !event.altKey) this.submit(event);
  }

  private submit(event: Event): void {
    event.preventDefault();
    this.session.reply(this.box.value);
    clearTimeout(this.typingTimer);
    this.tellTyping(false);
    this.box.focus();
  }

  private tellTyping(active: boolean): void {
    if (this.typing === active) return;
    this.typing = active;
    this.session.tellTyping(active);
  }
}
