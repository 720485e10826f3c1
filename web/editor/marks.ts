import { html, nothing, type TemplateResult } from "lit";
import { langAttribute, type Translate } from "../shared/i18n.ts";
import type { Language } from "../shared/protocol.ts";
import type { Gap, Status } from "./knowledge.ts";

export function statusMark(status: Status, t: Translate): TemplateResult {
  return html`<span class="mark ${status}">${t(`status.${status}`)}</span>`;
}

export function gapMarks(gaps: readonly Gap[], t: Translate): TemplateResult[] {
  return gaps.map((gap) => html`<span class="mark gap" title=${t(`gap.${gap}`)}>${t(`gap.short.${gap}`)}</span>`);
}

/** The scenario's name; an id that has none stands for itself. */
export function scenarioName(id: string, t: Translate): string {
  const name = t(`scenario.${id}`);
  return name.startsWith("scenario.") ? id : name;
}

/** The question in the page's language, or in the one there is. */
export function titleOf(questions: Partial<Record<Language, string>>, language: Language, id: string): TemplateResult {
  const shown = questions[language] ? language : language === "zh" ? "en" : "zh";
  return html`<span lang=${langAttribute(shown)}>${questions[shown] || id}</span>`;
}

/** A moment in the reader's time zone, `2026-11-30 18:57`: the form that days have everywhere, and right in both languages. */
export function moment(iso: string): string {
  const at = new Date(iso);
  const two = (part: number): string => String(part).padStart(2, "0");
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())} ${two(at.getHours())}:${two(at.getMinutes())}`;
}

/** A count as both languages write it, `10,313`. */
export function figure(count: number): string {
  return count.toLocaleString("en");
}

/** A panel's error state: what to do, a sentence a line, and the button that does it. */
export function failure(text: string, t: Translate, again: (() => void) | null): TemplateResult {
  return html`<div class="error" role="alert"><p>${text}</p>
    ${again ? html`<button type="button" class="button" @click=${again}>${t("app.retry")}</button>` : nothing}</div>`;
}

export function skeletons(label: string, count = 3): TemplateResult {
  return html`<div class="skeletons" role="status" aria-label=${label}>
    ${Array.from({ length: count }, () => html`<div class="skeleton"></div>`)}</div>`;
}

