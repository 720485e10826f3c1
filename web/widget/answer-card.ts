import { css, html, nothing, type TemplateResult } from "lit";
import { langAttribute, type Translate } from "../shared/i18n.ts";
import { icon } from "../shared/icons.ts";
import { blocks, drawBlocks } from "../shared/markdown.ts";
import type { AnswerMessage, RelatedQuestion } from "../shared/protocol.ts";

export interface AnswerCard {
  message: AnswerMessage;
  rated: boolean | null;
  t: Translate;
  rate(helpful: boolean): void;
  say(text: string): void;
}

/** About eight lines of the panel; a Chinese character takes the room of two Latin ones. */
const foldedFrom = 300;

/** The answer's first paragraph, the rest folded if long, then risk, source, feedback and related questions. */
export function answerCard({ message, rated, t, rate, say }: AnswerCard): TemplateResult {
  const { data } = message;
  const [first, ...rest] = blocks(message.text);
  const details = html`<div class="prose rest">${drawBlocks(rest)}</div>`;
  const folds = room(rest.map((token) => token.raw).join("")) > foldedFrom;
  const lang = langAttribute(data.answer_language ?? message.language);
  return html`
    <article class="answer">
      <div lang=${lang}>
        <div class="prose lead">${first ? drawBlocks([first]) : nothing}</div>
        ${rest.length === 0 ? nothing : folds ? folded(details, t) : details}
        ${data.risk ? riskBox(data.risk, t) : nothing}
      </div>
      <p class="source quiet small">
        <span lang=${lang}>${t("answer.source", { question: data.question })}</span>
        ${data.updated ? html`<span>${t("answer.updated", { date: data.updated })}</span>` : nothing}
      </p>
      ${feedback(rated, rate, t)}
    </article>
    ${data.related.length === 0 ? nothing : related(data.related, lang, say, t)}
  `;
}

/** How much room a text takes, in Latin characters. */
export function room(text: string): number {
  return [...text].reduce((sum, character) => sum + (character > "\u2e7f" ? 2 : 1), 0);
}

function folded(details: TemplateResult, t: Translate): TemplateResult {
  return html`<details>
    <summary>
      ${icon("down")}<span class="more">${t("answer.more")}</span><span class="less">${t("answer.less")}</span>
    </summary>
    ${details}
  </details>`;
}

function riskBox(risk: string, t: Translate): TemplateResult {
  return html`<div class="risk" role="note">
    ${icon("warning")}
    <p><strong>${t("answer.risk")}</strong> ${risk}</p>
  </div>`;
}

function feedback(rated: boolean | null, rate: (helpful: boolean) => void, t: Translate): TemplateResult {
  const button = (helpful: boolean): TemplateResult => html`
    <button type="button" class="button rate" data-testid=${helpful ? "feedback-yes" : "feedback-no"}
      aria-pressed=${rated === helpful ? "true" : "false"} @click=${() => rated !== helpful && rate(helpful)}>
      ${icon(helpful ? "helpful" : "unhelpful")}${t(helpful ? "answer.helpful" : "answer.unhelpful")}
    </button>`;
  return html`
    <div class="row feedback" role="group" aria-label=${t("answer.feedback")}>${button(true)}${button(false)}</div>
    <p class="quiet small" role="status" ?hidden=${rated === null}>
      ${rated === null ? nothing : t(rated ? "answer.thanks" : "answer.sorry")}
    </p>`;
}

function related(questions: RelatedQuestion[], lang: string, say: (text: string) => void, t: Translate): TemplateResult {
  return html`<div class="options related" role="group" aria-label=${t("answer.related")}>
    <p class="quiet small">${t("answer.related")}</p>
    ${questions.map(({ question, label }) => html`
      <button type="button" class="button" lang=${lang} @click=${() => say(question)}>${label ?? question}</button>`)}
  </div>`;
}

export const answerStyles = css`
  .answer {
    padding: var(--space-3);
    border: 1px solid var(--line);
    border-radius: var(--radius);
    border-start-start-radius: var(--space-1);
    background: var(--paper-raised);
  }
  .answer .rest {
    margin-top: var(--space-2);
  }
  details:not([open]) .less,
  details[open] .more {
    display: none;
  }
  summary {
    display: inline-flex;
    align-items: center;
    gap: var(--space-1);
    min-height: var(--target);
    padding-inline-end: var(--space-2);
    border-radius: var(--radius-small);
    color: var(--accent-text);
    cursor: pointer;
    list-style: none;
  }
  summary::-webkit-details-marker {
    display: none;
  }
  details[open] summary .icon {
    transform: rotate(180deg);
  }
  details .rest {
    margin-top: 0;
  }
  .risk {
    display: flex;
    gap: var(--space-2);
    margin-top: var(--space-3);
    padding: var(--space-2) var(--space-3);
    border-radius: var(--radius-small);
    background: var(--warning-soft);
    font-size: var(--text-s);
  }
  .risk .icon,
  .risk strong {
    color: var(--warning);
  }
  .risk .icon {
    margin-top: 0.2em;
  }
  .source {
    display: flex;
    flex-wrap: wrap;
    gap: 0 var(--space-3);
    margin-top: var(--space-3);
    padding-top: var(--space-2);
    border-top: 1px solid var(--line);
    font-variant-numeric: tabular-nums;
  }
  .feedback {
    margin-top: var(--space-1);
    margin-inline: calc(-1 * var(--space-2));
    gap: 0;
  }
  .related .button {
    border-color: var(--line);
  }
  .button.rate {
    padding-inline: var(--space-2);
    border-color: transparent;
    background: none;
    color: var(--ink-quiet);
    font-size: var(--text-s);
  }
  .button.rate[aria-pressed="true"] {
    color: var(--accent-text);
    font-weight: var(--weight-strong);
  }
  .button.rate[aria-pressed="true"] .icon {
    fill: var(--accent-soft);
  }
`;
