import { css, html, nothing, type TemplateResult } from "lit";
import { langAttribute, type Translate } from "../shared/i18n.ts";
import { icon } from "../shared/icons.ts";
import { drawMarkdown } from "../shared/markdown.ts";
import type { StaffMessage, Turn } from "../shared/protocol.ts";
import type { Written } from "./thread.ts";

/** One message as the agent sees it; under the customer's, what the bot made of it. */
export function staffMessage(message: StaffMessage, t: Translate): TemplateResult {
  if (message.kind === "notice") return notice(message, t);
  return html`<div class="message" data-testid="desk-message" data-sender=${message.sender} data-kind=${message.kind}
    data-seq=${message.seq} lang=${langAttribute(message.language)}>
    <div class="bubble">
      ${message.kind === "answer" ? html`<div class="prose">${drawMarkdown(message.text)}</div>` : html`<p class="typed">${message.text}</p>`}
      ${extras(message, t)}
    </div>
    <desk-message-actions .message=${message} .t=${t}></desk-message-actions>
    ${message.sender === "agent" ? fromSuggestion(message.turn, t) : message.turn ? turnLine(message.turn, t) : nothing}
    ${message.sender === "bot" && message.helpful !== null
      ? html`<p class="label">${icon(message.helpful ? "helpful" : "unhelpful")} ${t(message.helpful ? "message.helpful" : "message.unhelpful")}</p>`
      : nothing}
  </div>`;
}

/** That a reply began as a suggested answer, and whether its new wording went to the editors. */
function fromSuggestion(turn: Turn | null, t: Translate): TemplateResult | typeof nothing {
  if (!turn?.suggestion) return nothing;
  return html`<p class="label" data-testid="from-suggestion">${t(turn.suggestion.edited ? "message.improved" : "message.suggested")}</p>`;
}

/** A reply that the server has not confirmed. */
export function pendingReply(reply: Written, online: boolean, t: Translate, discard: () => void): TemplateResult {
  const state = reply.refused ? "refused" : online ? "sending" : "unsent";
  return html`<div class="message pending" data-testid="desk-message" data-sender="agent" data-kind="text" data-state=${state}>
    <div class="bubble"><p class="typed">${reply.text}</p></div>
    <p class="state ${state}">
      ${icon(state === "sending" ? "clock" : "warning")}${t(`message.${state}`)}
      ${reply.refused ? html`<button type="button" class="button bare" @click=${discard}>${t("message.discard")}</button>` : nothing}
    </p>
  </div>`;
}

export function percent(share: number): number {
  return Math.round(share * 100);
}

function extras(message: StaffMessage, t: Translate): TemplateResult | typeof nothing {
  if (message.kind === "choices") {
    const labels = [...message.data.choices.map(({ label }) => label), message.data.none_label];
    return html`<ul class="offered" aria-label=${t("message.choices")}>${labels.map((label) => html`<li>${label}</li>`)}</ul>`;
  }
  if (message.kind === "form") {
    const current = message.data.fields.find(({ state }) => state === "current");
    return current ? html`<p class="label">${t("message.form")} · ${current.label}</p>` : nothing;
  }
  return message.kind === "answer" && message.data.risk ? html`<p class="label">${message.data.risk}</p>` : nothing;
}

function notice(message: StaffMessage & { kind: "notice" }, t: Translate): TemplateResult {
  const text = t(`notice.${message.data.event}`, { name: message.data.agent_name ?? t("sender.agent"), message: message.data.message ?? "" });
  return html`<p class="notice" data-testid="desk-message" data-sender=${message.sender} data-kind="notice" data-seq=${message.seq}>
    ${text.startsWith("notice.") ? message.text : text}</p>`;
}

function turnLine(turn: Turn, t: Translate): TemplateResult {
  const [best] = turn.candidates;
  const outcome = turn.outcome ? outcomeText(turn.outcome, t) : t(`emotion.${turn.emotion}`);
  const facts: [string, string][] = [
    [t("turn.emotion"), `${t(`emotion.${turn.emotion}`)} ${percent(turn.emotion_confidence)}%`],
    [t("turn.intent"), turn.intent ?? "–"],
    [t("turn.language"), turn.language],
  ];
  return html`<details class="turn" data-testid="turn">
    <summary>
      ${icon("bot")}<span>${t("turn.label")} · ${outcome}
        · ${best ? html`${best.question} <span class="numbers">${percent(best.confidence)}%</span>` : t("turn.none")}</span>
    </summary>
    <div class="made">
      ${turn.candidates.length === 0
        ? nothing
        : html`<p class="label">${t("turn.candidates")}</p>
          <ol>${turn.candidates.map(({ question, confidence }) => html`
            <li><span>${question}</span><span class="numbers">${percent(confidence)}%</span></li>`)}</ol>`}
      <p class="label">${facts.map(([name, value]) => html`<span class="fact">${name} ${value}</span>`)}</p>
    </div>
  </details>`;
}

function outcomeText(outcome: string, t: Translate): string {
  const key = `outcome.${outcome}`;
  const text = t(key);
  return text === key ? outcome : text;
}

export const staffMessageStyles = css`
  .group {
    display: grid;
    gap: var(--space-1);
    justify-items: start;
    max-width: 84%;
  }
  .group.agent,
  .group.bot {
    justify-items: end;
    margin-inline-start: auto;
  }
  .by {
    display: flex;
    gap: var(--space-2);
    color: var(--ink-quiet);
    font-size: var(--text-xs);
  }
  .message {
    display: grid;
    gap: 2px;
    min-width: 0;
    justify-items: inherit;
    overflow-wrap: anywhere;
  }
  .bubble {
    padding: var(--space-2) var(--space-3);
    border: 1px solid var(--line);
    border-radius: var(--radius);
    background: var(--paper);
  }
  .bubble > * + * {
    margin-top: var(--space-1);
  }
  .bot .bubble {
    border-style: dashed;
    background: none;
    color: var(--ink-quiet);
  }
  .agent .bubble {
    border-color: var(--accent);
    background: var(--accent);
    color: var(--accent-ink);
  }
  .agent .pending .bubble {
    border: 1px dashed var(--accent-text);
    background: var(--accent-soft);
    color: var(--ink);
  }
  .typed {
    white-space: pre-wrap;
  }
  .offered {
    padding-inline-start: 1.3em;
  }
  .state {
    display: flex;
    align-items: center;
    gap: var(--space-1);
    color: var(--ink-quiet);
    font-size: var(--text-xs);
  }
  .state.refused {
    color: var(--danger);
  }
  .notice {
    color: var(--ink-quiet);
    font-size: var(--text-xs);
    text-align: center;
  }
  .turn {
    max-width: 100%;
    color: var(--ink-quiet);
    font-size: var(--text-xs);
  }
  .turn summary {
    display: flex;
    align-items: center;
    gap: var(--space-1);
    padding: 2px var(--space-1);
    border-radius: var(--space-1);
    cursor: pointer;
    list-style: none;
  }
  .turn summary::-webkit-details-marker {
    display: none;
  }
  .turn summary:hover {
    color: var(--accent-text);
  }
  .made {
    margin: var(--space-1);
    padding: var(--space-2) var(--space-3);
    border-inline-start: 2px solid var(--line);
  }
  .made ol {
    padding-inline-start: 1.4em;
  }
  .made li span:last-child {
    margin-inline-start: var(--space-2);
  }
  .fact {
    margin-inline-end: var(--space-3);
  }
`;
