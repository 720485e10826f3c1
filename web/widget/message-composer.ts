import { css, html, nothing, type TemplateResult } from "lit";
import { query, state } from "lit/decorators.js";
import { fitHeight, isSendKey } from "../shared/composing.ts";
import { emit } from "../shared/define.ts";
import { foundation } from "../shared/foundation.ts";
import { icon } from "../shared/icons.ts";
import { forThisTab } from "../shared/storage.ts";
import { SessionPart } from "./session-part.ts";

const limit = 2000;
const countFrom = 1800;
const idleMilliseconds = 4000;
const drafts = forThisTab("bilin.");

/** Where the customer writes. A draft outlives the page; when the conversation has ended, a new one starts here. */
export class MessageComposer extends SessionPart {
  static override styles = [foundation, css`
    :host {
      padding: var(--space-2) var(--space-3) var(--space-3);
      padding-block-end: max(var(--space-3), env(safe-area-inset-bottom));
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
      max-height: 132px;
      padding: var(--space-2) var(--space-3);
      border: 0;
      background: none;
      font-size: max(16px, var(--text-m));
      line-height: 1.6;
      resize: none;
      field-sizing: content;
    }
    textarea:focus-visible {
      box-shadow: none;
    }
    textarea::placeholder {
      color: var(--ink-quiet);
      opacity: 1;
    }
    .below {
      display: flex;
      align-items: center;
      justify-content: space-between;
      gap: var(--space-3);
      margin-top: var(--space-1);
      font-size: var(--text-xs);
      line-height: var(--leading);
    }
    .left {
      flex: none;
      font-variant-numeric: tabular-nums;
    }
    .end {
      flex: none;
      min-height: var(--space-8);
      padding: 0;
      border: 0;
      background: none;
      color: var(--accent-text);
      font-size: var(--text-xs);
      text-decoration: underline;
      text-underline-offset: 0.2em;
    }
    .ended {
      display: grid;
      gap: var(--space-2);
      padding-top: var(--space-2);
    }
    .ended .button {
      width: 100%;
    }
  `];

  /** The customer has tapped once to end the conversation. */
  @state() private sure = false;
  @state() private text = drafts.read<string>("draft") ?? "";
  @query("textarea") private box!: HTMLTextAreaElement | null;
  private typingTimer: ReturnType<typeof setTimeout> | undefined;
  private typing = false;

  override focus(options?: FocusOptions): void {
    this.renderRoot.querySelector<HTMLElement>("textarea, .button")?.focus(options);
  }

  override updated(): void {
    if (this.box) fitHeight(this.box);
  }

  override render(): TemplateResult {
    return this.session.conversation?.owner === "closed" ? this.ended() : this.form();
  }

  private form(): TemplateResult {
    const { t, text } = this;
    return html`
      <form @submit=${this.submit}>
        <textarea rows="1" maxlength=${limit} data-testid="composer" aria-label=${t("composer.label")}
          aria-describedby="below" placeholder=${t("composer.placeholder")} enterkeyhint="send" .value=${text}
          @input=${this.typed} @keydown=${this.pressed}></textarea>
        <button class="button main square" data-testid="send" aria-label=${t("composer.send")}
          aria-disabled=${text.trim() ? "false" : "true"}>${icon("send")}</button>
      </form>
      <div class="below quiet" id="below">
        <span>${t("composer.safety")}</span>
        ${text.length >= countFrom
          ? html`<span class="left" role="status">${t("composer.left", { count: limit - text.length })}</span>`
          : nothing}
        ${this.end()}
      </div>`;
  }

  /** Two taps end the conversation, so that none does by mistake. */
  private end(): TemplateResult | typeof nothing {
    const { session, t } = this;
    if (!session.conversation || session.messages.length === 0) return nothing;
    return html`<button type="button" class="end" data-testid="end-chat" @blur=${() => (this.sure = false)}
      @click=${() => (this.sure ? void session.endConversation() : (this.sure = true))}>${t(this.sure ? "end.sure" : "end.ask")}</button>`;
  }

  private ended(): TemplateResult {
    return html`<div class="ended">
      <p class="quiet small">${this.t("closed.about")}</p>
      <button type="button" class="button main" data-testid="start-again" @click=${this.startAgain}>
        ${icon("plus")}${this.t("closed.again")}
      </button>
    </div>`;
  }

  private typed(): void {
    this.write(this.box?.value ?? "");
    this.tellTyping(true);
    clearTimeout(this.typingTimer);
    this.typingTimer = setTimeout(() => this.tellTyping(false), idleMilliseconds);
  }

  private pressed(event: KeyboardEvent): void {
    if (isSendKey(event)) this.submit(event);
  }

  private submit(event: Event): void {
    event.preventDefault();
    if (!this.text.trim()) return;
    emit(this, "say", { text: this.text });
    this.write("");
    this.tellTyping(false);
    this.box?.focus();
  }

  private async startAgain(): Promise<void> {
    this.write(this.session.startAnew() || this.text);
    await this.updateComplete;
    this.focus();
  }

  private write(text: string): void {
    this.text = text;
    if (text) drafts.write("draft", text);
    else drafts.remove("draft");
  }

  private tellTyping(active: boolean): void {
    if (this.typing === active) return;
    this.typing = active;
    this.session.tellTyping(active);
  }
}
