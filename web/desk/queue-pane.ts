import { css, html, nothing, type TemplateResult } from "lit";
import { repeat } from "lit/directives/repeat.js";
import { emit } from "../shared/define.ts";
import { foundation } from "../shared/foundation.ts";
import type { Case } from "../shared/protocol.ts";
import { caseMarks, caseStyles, lastLine, waitClock } from "./case-card.ts";
import { EverySecond, secondsSince, unansweredSince } from "./clock.ts";
import { DeskPart } from "./desk-part.ts";
import { deskStyles } from "./desk-styles.ts";

/** Who waits, the oldest first, and the agent's own chats. */
export class QueuePane extends DeskPart {
  static override styles = [foundation, deskStyles, caseStyles, css`
    :host {
      display: flex;
      flex-direction: column;
      min-height: 0;
      background: var(--paper);
    }
    section {
      display: flex;
      flex-direction: column;
      min-height: 0;
    }
    .waiting {
      flex: 0 1 auto;
      max-height: 60%;
      border-block-end: 1px solid var(--line);
    }
    .mine {
      flex: 1;
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
    .skeletons {
      display: grid;
      gap: var(--space-2);
      padding: var(--space-2) var(--space-4) var(--space-4);
    }
    .skeletons .skeleton {
      height: 56px;
    }
    .error {
      margin: var(--space-2) var(--space-3);
    }
    .empty {
      padding-inline: var(--space-4);
    }
  `];

  constructor() {
    super();
    new EverySecond(this);
  }

  override render(): TemplateResult {
    const { session, t } = this;
    if (session.queue === "unreachable") return this.error();
    return html`
      <section class="waiting" aria-label=${t("queue.waiting")}>
        <h2>${t("queue.waiting")}${this.count(session.waiting)}</h2>
        ${this.list(session.waiting, "queue.waiting.empty", (facts) => this.waitingCase(facts))}
      </section>
      <desk-messages .session=${session} .t=${t} .language=${this.language}></desk-messages>
      <section class="mine" aria-label=${t("queue.mine")}>
        <h2>${t("queue.mine")}${this.count(session.mine)}</h2>
        ${this.list(session.mine, "queue.mine.empty", (facts) => this.myCase(facts))}
      </section>`;
  }

  private list(cases: readonly Case[], empty: string, draw: (facts: Case) => TemplateResult): TemplateResult {
    if (this.session.queue === "loading") {
      return html`<div class="skeletons" role="status" aria-label=${this.t("queue.loading")}>
        <div class="skeleton"></div><div class="skeleton"></div></div>`;
    }
    if (cases.length === 0) return html`<p class="empty">${this.t(empty)}</p>`;
    return html`<ul class="plain">${repeat(cases, ({ id }) => id, draw)}</ul>`;
  }

  private waitingCase(facts: Case): TemplateResult {
    const { session, t } = this;
    const seconds = facts.waiting_since ? secondsSince(facts.waiting_since, session.ahead) : 0;
    return html`<li class="case ${facts.id === session.selected ? "selected" : ""}" data-testid="queue-case" data-id=${facts.id}>
      <div class="top">
        <button type="button" class="open marks" aria-current=${facts.id === session.selected ? "true" : "false"}
          @click=${() => this.open(facts.id)}>${caseMarks(facts, t)}</button>
        ${waitClock(seconds, "queue.waited", t)}
      </div>
      <div class="foot">
        ${lastLine(facts, t)}
        <button type="button" class="button take" data-testid="take" @click=${() => this.take(facts.id)}>${t("queue.take")}</button>
      </div>
    </li>`;
  }

  private myCase(facts: Case): TemplateResult {
    const { session, t } = this;
    const unread = session.unreadOf(facts.id);
    const since = unansweredSince(facts);
    return html`<li class="case ${facts.id === session.selected ? "selected" : ""}" data-testid="my-case" data-id=${facts.id}>
      <div class="top">
        <button type="button" class="open marks" aria-current=${facts.id === session.selected ? "true" : "false"}
          @click=${() => this.open(facts.id)}>${caseMarks(facts, t)}</button>
        ${since ? waitClock(secondsSince(since, session.ahead), "queue.unanswered", t) : nothing}
      </div>
      <div class="foot">
        ${lastLine(facts, t)}
        ${unread > 0
          ? html`<span class="unread" data-testid="unread"><span aria-hidden="true">${unread}</span>
              <span class="unseen">${t("queue.unread", { count: unread })}</span></span>`
          : nothing}
      </div>
    </li>`;
  }

  private count(cases: readonly Case[]): TemplateResult | typeof nothing {
    return typeof this.session.queue === "object" ? html`<span class="label numbers">${cases.length}</span>` : nothing;
  }

  private error(): TemplateResult {
    return html`<div class="error" role="alert">
      <p>${this.t("queue.error")} ${this.t("app.unreachable")}</p>
      <button type="button" class="button" @click=${() => void this.session.loadQueue()}>${this.t("app.retry")}</button>
    </div>`;
  }

  private open(id: string): void {
    this.session.select(id);
    emit(this, "show-pane", "conversation");
  }

  private async take(id: string): Promise<void> {
    await this.session.take(id);
    if (this.session.isMine(id)) emit(this, "show-pane", "conversation");
  }
}
