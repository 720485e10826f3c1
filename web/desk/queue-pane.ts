import { css, html, nothing, type TemplateResult } from "lit";
import { repeat } from "lit/directives/repeat.js";
import { emit } from "../shared/define.ts";
import { foundation } from "../shared/foundation.ts";
import type { Case } from "../shared/protocol.ts";
import { caseMarks, caseStyles, lastLine, waitClock } from "./case-card.ts";
import { EverySecond, secondsSince, unansweredSince } from "./clock.ts";
import { DeskPart } from "./desk-part.ts";
import { deskStyles } from "./desk-styles.ts";

const liveMilliseconds = 5_000;

/** Who waits, the oldest first, the agent's own chats, and those with advice; for a supervisor also all that goes on. */
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
      max-height: 44%;
      border-block-end: 1px solid var(--line);
    }
    .mine,
    .live {
      flex: 1 1 auto;
    }
    .consulted {
      flex: 0 1 auto;
      max-height: 32%;
      border-block-start: 1px solid var(--line);
    }
    .views {
      display: flex;
      gap: var(--space-1);
      padding: var(--space-2) var(--space-3) 0;
    }
    .views .button {
      flex: 1;
    }
    .views [aria-pressed="true"] {
      border-color: var(--accent-text);
      background: var(--accent-soft);
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
    .whose {
      flex: 1 0 100%;
      color: var(--ink-quiet);
    }
    .error {
      margin: var(--space-2) var(--space-3);
    }
    .empty {
      padding-inline: var(--space-4);
    }
  `];

  private liveTimer: ReturnType<typeof setInterval> | undefined;

  constructor() {
    super();
    new EverySecond(this);
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.liveTimer = setInterval(() => this.session.live !== null && void this.session.loadLive(), liveMilliseconds);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearInterval(this.liveTimer);
  }

  override render(): TemplateResult {
    const { session } = this;
    if (session.queue === "unreachable") return this.error();
    return html`${session.isSupervisor ? this.views() : nothing}${session.live === null ? this.own() : this.live()}`;
  }

  private views(): TemplateResult {
    const { session, t } = this;
    const isLive = session.live !== null;
    return html`<div class="views" role="group" aria-label=${t("queue.views")}>
      <button type="button" class="button" aria-pressed=${isLive ? "false" : "true"} data-testid="view-own" @click=${() => session.leaveLive()}>${t("queue.view.own")}</button>
      <button type="button" class="button" aria-pressed=${isLive ? "true" : "false"} data-testid="view-live" @click=${() => void session.loadLive()}>${t("queue.view.live")}</button>
    </div>`;
  }

  private live(): TemplateResult {
    const { session, t } = this;
    const cases = Array.isArray(session.live) ? (session.live as readonly Case[]) : [];
    return html`<section class="live" aria-label=${t("queue.view.live")}>
      <h2>${t("queue.view.live")}<span class="label numbers">${cases.length}</span></h2>
      ${session.live !== "loading" && cases.length === 0
        ? html`<p class="empty">${t("queue.live.empty")}</p>`
        : html`<ul class="plain">${repeat(cases, ({ id }) => id, (facts) => this.liveCase(facts))}</ul>`}
    </section>`;
  }

  private own(): TemplateResult {
    const { session, t } = this;
    return html`
      <section class="waiting" aria-label=${t("queue.waiting")}>
        <h2>${t("queue.waiting")}${this.count(session.waiting)}</h2>
        ${this.list(session.waiting, "queue.waiting.empty", (facts) => this.waitingCase(facts))}
      </section>
      <desk-messages .session=${session} .t=${t} .language=${this.language}></desk-messages>
      <section class="mine" aria-label=${t("queue.mine")}>
        <h2>${t("queue.mine")}${this.count(session.mine)}</h2>
        ${this.list(session.mine, "queue.mine.empty", (facts) => this.myCase(facts))}
      </section>
      ${session.consulted.length === 0 ? nothing : html`<section class="consulted" aria-label=${t("queue.consulted")}>
        <h2>${t("queue.consulted")}${this.count(session.consulted)}</h2>
        <ul class="plain">${repeat(session.consulted, ({ id }) => id, (facts) => this.othersCase(facts, "consulted-case"))}</ul>
      </section>`}`;
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

  private liveCase(facts: Case): TemplateResult {
    return this.othersCase(facts, "live-case");
  }

  /** A case that somebody else has. */
  private othersCase(facts: Case, hook: string): TemplateResult {
    const { session, t } = this;
    const since = facts.owner === "waiting" ? facts.waiting_since : facts.owner === "agent" ? unansweredSince(facts) : null;
    return html`<li class="case ${facts.id === session.selected ? "selected" : ""}" data-testid=${hook} data-id=${facts.id}>
      <div class="top">
        <button type="button" class="open marks" aria-current=${facts.id === session.selected ? "true" : "false"}
          @click=${() => this.open(facts.id)}><span class="whose">${facts.agent?.name ?? t(`owner.${facts.owner}`)}</span>${caseMarks(facts, t)}</button>
        ${since ? waitClock(secondsSince(since, session.ahead), facts.owner === "waiting" ? "queue.waited" : "queue.unanswered", t) : nothing}
      </div>
      <div class="foot">${lastLine(facts, t, facts.agent?.name)}</div>
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
