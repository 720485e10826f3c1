import { css, html, nothing, svg, type TemplateResult } from "lit";
import { emit } from "../shared/define.ts";
import { foundation, prose } from "../shared/foundation.ts";
import { langAttribute } from "../shared/i18n.ts";
import { icon } from "../shared/icons.ts";
import { drawMarkdown } from "../shared/markdown.ts";
import type { Candidate, Case, OtherConversation } from "../shared/protocol.ts";
import { caseStyles, emotionMark, reasonText } from "./case-card.ts";
import { clockText } from "./clock.ts";
import { DeskPart } from "./desk-part.ts";
import { deskStyles } from "./desk-styles.ts";
import { othersList } from "./others-list.ts";
import { percent } from "./staff-message.ts";
import { summaryStyles, summaryView } from "./summary-view.ts";

/** What is known of the customer's case, and what the knowledge base would answer. */
export class CustomerPane extends DeskPart {
  static override styles = [foundation, prose, deskStyles, caseStyles, summaryStyles, css`
    :host {
      display: flex;
      flex-direction: column;
      min-height: 0;
      background: var(--paper);
    }
    .scroll {
      flex: 1;
      min-height: 0;
      overflow-y: auto;
    }
    section {
      padding: var(--space-2) var(--space-4);
      border-block-end: 1px solid var(--line);
    }
    section:last-of-type {
      border: 0;
    }
    h2 {
      margin-bottom: var(--space-1);
    }
    dl {
      display: grid;
      grid-template-columns: auto minmax(0, 1fr);
      gap: 2px var(--space-3);
      overflow-wrap: anywhere;
    }
    dt {
      color: var(--ink-quiet);
    }
    ol {
      display: grid;
      gap: var(--space-2);
    }
    .suggestion {
      display: grid;
      gap: var(--space-1);
      padding: var(--space-2) var(--space-3);
      border: 1px solid var(--line);
      border-radius: var(--radius-small);
    }
    .suggestion .prose {
      position: relative;
      max-height: 4.8em;
      overflow: hidden;
      color: var(--ink-quiet);
      -webkit-mask: linear-gradient(black 70%, transparent);
      mask: linear-gradient(black 70%, transparent);
    }
    .suggestion .prose.short {
      -webkit-mask: none;
      mask: none;
    }
    .foot {
      justify-content: space-between;
    }
    .sure {
      display: inline-flex;
      align-items: center;
      gap: var(--space-2);
    }
    .bar {
      width: 48px;
      height: 6px;
      border-radius: var(--radius-round);
      background: var(--line);
    }
    .bar rect {
      fill: var(--accent-text);
    }
  `];

  override render(): TemplateResult {
    const { session, t } = this;
    const facts = session.preview ?? session.thread?.facts;
    if (!facts) return html`<p class="empty">${t("customer.none")}</p>`;
    const thread = session.preview ? null : session.thread;
    return html`<div class="scroll" tabindex="0" role="group" aria-label=${t("customer.title")}>
      <h2 class="unseen">${t("customer.title")}</h2>
      <section>
        <h2>${t("customer.summary")}${this.complaint(thread?.others ?? [])}</h2>
        ${thread?.summary ? summaryView(thread.summary, facts, t) : html`<p class=${facts.summary ? "" : "quiet"}>${facts.summary || t("customer.summary.empty")}</p>`}
      </section>
      ${thread ? html`<section><h2>${t("customer.suggestions")}</h2>${this.suggestions()}</section>` : nothing}
      <section>
        <h2>${t("customer.facts")}</h2>
        <dl>${this.facts(facts)}</dl>
      </section>
      <section>
        <h2>${t("customer.slots")}</h2>
        ${this.slots(facts)}
      </section>
      ${thread ? html`<section><h2>${t("customer.others")}</h2>${othersList(thread.others, this.language, t, (id) => emit(this, "show-other", id))}</section>` : nothing}
    </div>
    ${thread && thread.facts.owner !== "closed" ? html`<desk-note .session=${session} .t=${t} .language=${this.language}></desk-note>` : nothing}`;
  }

  focusNote(): void {
    this.renderRoot.querySelector<HTMLElement>("desk-note")?.focus();
  }

  /** What must not be overlooked: a complaint of an earlier day that nobody has settled. One press shows it. */
  private complaint(others: readonly OtherConversation[]): TemplateResult | typeof nothing {
    const other = others.find(({ open_complaint }) => open_complaint);
    if (!other) return nothing;
    return html` <button type="button" class="mark complaint" data-testid="complaint" @click=${() => emit(this, "show-other", other.id)}>
      ${icon("warning")}${this.t("customer.open_complaint")}</button>`;
  }

  private facts(facts: Case): TemplateResult {
    const { t } = this;
    const queued = facts.waiting_since && facts.taken_at
      ? (Date.parse(facts.taken_at) - Date.parse(facts.waiting_since)) / 1000
      : null;
    return html`
      <dt>${t("customer.reason")}</dt><dd>${reasonText(facts.reason, t)}</dd>
      <dt>${t("customer.emotion")}</dt><dd>${emotionMark(facts.emotion, t)}</dd>
      <dt>${t("customer.language")}</dt><dd>${t(`language.${facts.language}`)}</dd>
      ${queued === null ? nothing : html`<dt>${t("customer.waited")}</dt><dd class="numbers">${clockText(queued)}</dd>`}`;
  }

  private slots({ slots }: Case): TemplateResult {
    const filled = Object.entries(slots).filter(([, value]) => value !== null && value !== "");
    if (filled.length === 0) return html`<p class="quiet">${this.t("customer.slots.empty")}</p>`;
    return html`<dl>${filled.map(([name, value]) => html`<dt>${this.slotName(name)}</dt><dd class="numbers">${this.slotValue(name, value)}</dd>`)}</dl>`;
  }

  private slotName(name: string): string {
    const key = `slot.${name}`;
    const text = this.t(key);
    return text === key ? name.replaceAll("_", " ") : text;
  }

  private slotValue(name: string, value: unknown): string {
    const plain = String(value);
    const key = `slot.${name}.${plain}`;
    const text = this.t(key);
    return text === key ? plain : text;
  }

  private suggestions(): TemplateResult {
    const { thread } = this.session;
    if (thread?.state === "loading") return html`<div class="skeleton" aria-hidden="true">&nbsp;</div>`;
    const list = thread?.suggestions ?? [];
    if (list.length === 0) return html`<p class="quiet">${this.t("customer.suggestions.empty")}</p>`;
    return html`<ol class="plain">${list.map((candidate, at) => this.suggestion(candidate, at + 1))}</ol>`;
  }

  private suggestion(candidate: Candidate, number: number): TemplateResult {
    const { t, session } = this;
    const { question, answer, confidence } = candidate;
    const short = [...answer].length < 60;
    const mine = session.selected !== null && session.isMine(session.selected);
    return html`<li class="suggestion" data-testid="suggestion" data-id=${candidate.entry_id}
      lang=${langAttribute(session.thread?.facts.language ?? this.language)}>
      <strong>${question}</strong>
      <div class="prose ${short ? "short" : ""}">${drawMarkdown(answer)}</div>
      <div class="foot" lang=${langAttribute(this.language)}>
        <span class="sure label numbers">
          <svg class="bar" viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true">
            ${svg`<rect width=${percent(confidence)} height="10" />`}
          </svg>${t("customer.confidence", { percent: percent(confidence) })}</span>
        ${mine
          ? html`<button type="button" class="button" data-testid="insert-suggestion"
              aria-label=${t("customer.insert.label", { number, question })}
              @click=${() => emit(this, "insert", session.useSuggestion(candidate))}>${icon("insert")}${t("customer.insert")}<kbd>Alt+${number}</kbd></button>`
          : nothing}
      </div>
    </li>`;
  }
}
