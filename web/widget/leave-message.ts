import { css, html, nothing, type TemplateResult } from "lit";
import { query, state } from "lit/decorators.js";
import { fitHeight } from "../shared/composing.ts";
import { emit } from "../shared/define.ts";
import { foundation } from "../shared/foundation.ts";
import { randomId } from "../shared/identifiers.ts";
import { icon } from "../shared/icons.ts";
import type { LeftMessage } from "../shared/protocol.ts";
import { forThisTab } from "../shared/storage.ts";
import { SessionPart } from "./session-part.ts";

const limit = 2000;
const contactLimit = 200;
const drafts = forThisTab("bilin.");

/** A message in place of waiting: what it is about, how to be reached, and then a number and a promise. */
export class LeaveMessage extends SessionPart {
  static override styles = [foundation, css`
    form,
    .receipt {
      display: grid;
      gap: var(--space-2);
      max-height: 60dvh;
      padding: var(--space-3);
      overflow-y: auto;
      border-radius: var(--radius);
      background: var(--accent-soft);
    }
    h3 {
      font-size: var(--text-m);
    }
    label {
      display: grid;
      gap: 2px;
      font-size: var(--text-s);
    }
    textarea,
    input {
      width: 100%;
      min-height: var(--target);
      padding: var(--space-2) var(--space-3);
      border: 1px solid var(--line-strong);
      border-radius: var(--radius-small);
      background: var(--paper-raised);
      font-size: max(16px, var(--text-m));
      line-height: 1.5;
    }
    textarea {
      min-height: 84px;
      max-height: 160px;
      resize: none;
      field-sizing: content;
    }
    .bar {
      display: flex;
      flex-wrap: wrap;
      gap: var(--space-1) var(--space-3);
    }
    .problem {
      color: var(--danger);
    }
    .number {
      font-size: var(--text-l);
      font-weight: var(--weight-strong);
      font-variant-numeric: tabular-nums;
      letter-spacing: 0.04em;
    }
    .done {
      display: flex;
      align-items: center;
      gap: var(--space-2);
    }
    .done .icon {
      color: var(--good);
    }
  `];

  @state() private busy = false;
  @state() private problem: "empty" | "failed" | null = null;
  @state() private receipt: LeftMessage | null = null;
  @query("textarea") private box!: HTMLTextAreaElement | null;
  @query("input") private contact!: HTMLInputElement | null;
  private readonly clientId = randomId();

  override firstUpdated(): void {
    this.box?.focus();
  }

  override render(): TemplateResult {
    return this.receipt ? this.received(this.receipt) : this.form();
  }

  private form(): TemplateResult {
    const { t } = this;
    return html`<form novalidate data-testid="leave-message" aria-labelledby="title" @submit=${this.send} @keydown=${this.pressed}>
      <h3 id="title">${t("message.title")}</h3>
      <label>${t("message.text")}
        <textarea maxlength=${limit} rows="3" required aria-invalid=${this.problem === "empty" ? "true" : "false"}
          .value=${drafts.read<string>("message") ?? ""} @input=${this.keep}></textarea></label>
      <label>${t("message.contact")}
        <input type="text" maxlength=${contactLimit} autocomplete="tel" placeholder=${t("message.contact.hint")}></label>
      ${this.problem ? html`<p class="problem small" role="alert">${t(`message.${this.problem}`)}</p>` : nothing}
      <div class="bar">
        <button type="submit" class="button main" data-testid="send-message" aria-disabled=${this.busy ? "true" : "false"}>
          ${t(this.busy ? "message.sending" : "message.send")}</button>
        <button type="button" class="button bare" @click=${this.leave}>${t("message.back")}</button>
      </div>
    </form>`;
  }

  private received({ reference, promise }: LeftMessage): TemplateResult {
    const { t, language } = this;
    return html`<section class="receipt" tabindex="-1" data-testid="message-receipt" aria-label=${t("message.received")}>
      <div role="status">
        <h3 class="done">${icon("online")}<span>${t("message.received")}</span></h3>
        <p>${t("message.reference")} <span class="number">${reference}</span></p>
        <p class="small">${promise ? t("message.promise", { time: promise[language] }) : t("message.promise.open")}</p>
      </div>
      <div class="bar"><button type="button" class="button" @click=${this.leave}>${t("message.close")}</button></div>
    </section>`;
  }

  private readonly send = async (event: Event): Promise<void> => {
    event.preventDefault();
    const text = this.box?.value.trim() ?? "";
    if (this.busy) return;
    if (!text) {
      this.problem = "empty";
      this.box?.focus();
      return;
    }
    this.busy = true;
    this.problem = null;
    this.receipt = await this.session.leaveMessage({ client_id: this.clientId, text, contact: this.contact?.value.trim() ?? "" });
    this.busy = false;
    if (!this.receipt) {
      this.problem = "failed";
      return;
    }
    drafts.remove("message");
    await this.updateComplete;
    this.renderRoot.querySelector<HTMLElement>(".receipt")?.focus();
  };

  private readonly pressed = (event: KeyboardEvent): void => {
    if (event.key !== "Escape" || event.isComposing) return;
    event.stopPropagation();
    this.leave();
  };

  private readonly leave = (): void => emit(this, "message-done");

  private readonly keep = (): void => {
    drafts.write("message", this.box?.value ?? "");
    if (this.box) fitHeight(this.box);
  };
}
