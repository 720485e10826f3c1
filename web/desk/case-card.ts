import { css, html, nothing, type TemplateResult } from "lit";
import { langAttribute, type Translate } from "../shared/i18n.ts";
import { icon } from "../shared/icons.ts";
import type { Case, Emotion } from "../shared/protocol.ts";
import { clockText, lateness } from "./clock.ts";

/** A wait as a clock; late ones carry a sign and words besides the colour. */
export function waitClock(seconds: number, label: string, t: Translate): TemplateResult {
  const late = lateness(seconds);
  return html`<span class="clock ${late}" data-lateness=${late} title=${t(label, { time: clockText(seconds) })}>
    ${icon(late === "fine" ? "clock" : "warning")}<time>${clockText(seconds)}</time>
    ${late === "fine" ? nothing : html`<span class="unseen">${t(`queue.${late}`)}</span>`}
  </span>`;
}

export function reasonText(reason: string | null, t: Translate): string {
  if (reason === null) return "";
  const key = `reason.${reason}`;
  const text = t(key);
  return text === key ? reason : text;
}

export function emotionMark(emotion: Emotion, t: Translate): TemplateResult {
  return html`<span class="mark ${emotion}">${icon(emotion)}${t(`emotion.${emotion}`)}</span>`;
}

export function languageMark(facts: Case, t: Translate): TemplateResult {
  return html`<span class="mark" title=${t(`language.${facts.language}`)}>${t(`language.${facts.language}.short`)}</span>`;
}

export function caseMarks(facts: Case, t: Translate): TemplateResult {
  return html`<span class="marks">
    <strong>${reasonText(facts.reason, t)}</strong>
    ${facts.customer_class === "standard" ? nothing : html`<span class="mark class">${t(`class.${facts.customer_class}`)}</span>`}
    ${facts.emotion === "neutral" ? nothing : emotionMark(facts.emotion, t)}${languageMark(facts, t)}
  </span>`;
}

/** The last line of the conversation, and whose it is. */
export function lastLine({ last_message, language }: Case, t: Translate, agent?: string): TemplateResult | typeof nothing {
  if (!last_message) return nothing;
  const by = { agent: agent ? t("queue.by", { name: agent }) : t("queue.you"), bot: t("queue.bot"), customer: "", system: "" }[last_message.sender];
  return html`<span class="last" lang=${langAttribute(language)}>${by}${last_message.text}</span>`;
}

export const caseStyles = css`
  .case {
    position: relative;
    display: grid;
    gap: var(--space-1);
    padding: var(--space-2) var(--space-3);
    border-radius: var(--radius-small);
  }
  .case:hover {
    background: var(--paper-sunken);
  }
  .case.selected {
    background: var(--accent-soft);
    box-shadow: inset 3px 0 0 var(--accent-text);
  }
  .open {
    display: grid;
    gap: 2px;
    padding: 0;
    border: 0;
    border-radius: var(--radius-small);
    background: none;
    text-align: start;
  }
  .open::after {
    content: "";
    position: absolute;
    inset: 0;
    border-radius: inherit;
  }
  .open:focus-visible {
    box-shadow: none;
  }
  .open:focus-visible::after {
    box-shadow: var(--ring);
  }
  .top,
  .marks {
    display: flex;
    align-items: center;
    gap: var(--space-1) 6px;
  }
  .marks {
    flex: 1;
    min-width: 0;
    flex-wrap: wrap;
  }
  .marks strong {
    font-weight: var(--weight-strong);
  }
  .foot {
    display: flex;
    align-items: center;
    gap: var(--space-2);
  }
  .last {
    flex: 1;
    display: -webkit-box;
    overflow: hidden;
    color: var(--ink-quiet);
    -webkit-box-orient: vertical;
    -webkit-line-clamp: 1;
    line-clamp: 1;
    overflow-wrap: anywhere;
  }
  .take {
    position: relative;
    z-index: 1;
  }
  .clock {
    display: inline-flex;
    flex: none;
    align-items: center;
    gap: var(--space-1);
    color: var(--ink-quiet);
    font-size: var(--text-xs);
    font-variant-numeric: tabular-nums;
  }
  .clock.soon {
    color: var(--warning);
    font-weight: var(--weight-strong);
  }
  .clock.late {
    padding: 0 var(--space-2);
    border-radius: var(--radius-round);
    background: var(--danger-soft);
    color: var(--danger);
    font-weight: var(--weight-strong);
  }
  .unread {
    flex: none;
    min-width: 20px;
    padding: 0 6px;
    border-radius: var(--radius-round);
    background: var(--accent);
    color: var(--accent-ink);
    font-size: var(--text-xs);
    font-variant-numeric: tabular-nums;
    font-weight: var(--weight-strong);
    line-height: 20px;
    text-align: center;
  }
`;
