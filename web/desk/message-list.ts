import { css, html, nothing, type TemplateResult } from "lit";
import { repeat } from "lit/directives/repeat.js";
import { foundation } from "../shared/foundation.ts";
import { langAttribute } from "../shared/i18n.ts";
import { icon } from "../shared/icons.ts";
import type { MessageCase } from "../shared/protocol.ts";
import { caseStyles } from "./case-card.ts";
import { EverySecond, isOverdue, momentText } from "./clock.ts";
import { DeskPart } from "./desk-part.ts";
import { deskStyles } from "./desk-styles.ts";

/** From this class on somebody is in danger, or could be. */
const vulnerable = 4;

/** Messages that customers left, the earliest promise first. */
export class MessageList extends DeskPart {
  static override styles = [foundation, deskStyles, caseStyles, css`
    :host {
      display: flex;
      flex-direction: column;
      flex: 0 1 auto;
      min-height: 0;
      max-height: 34%;
      border-block-end: 1px solid var(--line);
    }
    h2 {
      display: flex;
      justify-content: space-between;
      padding: var(--space-3) var(--space-4) var(--space-1);
    }
    ul {
      display: grid;
      gap: 2px;
      overflow-y: auto;
      padding: var(--space-1) var(--space-2) var(--space-2);
    }
    .text {
      display: -webkit-box;
      overflow: hidden;
      -webkit-box-orient: vertical;
      -webkit-line-clamp: 3;
      line-clamp: 3;
      overflow-wrap: anywhere;
    }
    .number {
      font-variant-numeric: tabular-nums;
      font-weight: var(--weight-strong);
    }
    .foot {
      flex-wrap: wrap;
      justify-content: space-between;
    }
    .due {
      color: var(--ink-quiet);
      font-size: var(--text-xs);
    }
    .due.late {
      color: var(--danger);
      font-weight: var(--weight-strong);
    }
  `];

  constructor() {
    super();
    new EverySecond(this);
  }

  override updated(): void {
    this.hidden = this.session.leftMessages.length === 0;
  }

  override render(): TemplateResult | typeof nothing {
    const { leftMessages } = this.session;
    if (leftMessages.length === 0) return nothing;
    return html`<h2>${this.t("messages.title")}<span class="label numbers">${leftMessages.length}</span></h2>
      <ul class="plain">${repeat(leftMessages, ({ reference }) => reference, (each) => this.message(each))}</ul>`;
  }

  private message(each: MessageCase): TemplateResult {
    const { t, session } = this;
    const late = each.promised_at !== null && isOverdue(each.promised_at, session.ahead);
    return html`<li class="case" data-testid="left-message" data-reference=${each.reference}>
      <div class="top"><span class="number">${each.reference}</span>
        ${each.priority >= vulnerable ? html`<span class="mark distress">${icon("warning")}${t("reason.distress")}</span>` : nothing}
        <span class="due ${late ? "late" : ""}">${late ? icon("warning") : icon("clock")}
          ${each.promised_at ? t(late ? "messages.late" : "messages.due", { time: momentText(each.promised_at, this.language) }) : nothing}</span></div>
      <p class="text" lang=${langAttribute(each.language)}>${each.text}</p>
      ${each.contact ? html`<p class="quiet small">${t("messages.contact")} ${each.contact}</p>` : nothing}
      <div class="foot">
        <span class="quiet small">${each.agent_name ? t("messages.with", { name: each.agent_name }) : nothing}</span>
        ${each.state === "open"
          ? html`<button type="button" class="button" data-testid="take-message"
              @click=${() => void session.takeMessage(each)}>${t("messages.take")}</button>`
          : each.agent_id === session.me || session.isSupervisor
            ? html`<button type="button" class="button" data-testid="finish-message"
                @click=${() => void session.finishMessage(each)}>${t("messages.done")}</button>`
            : nothing}
      </div>
    </li>`;
  }
}
