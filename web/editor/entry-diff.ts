import { css, html, nothing, type TemplateResult } from "lit";
import { langAttribute, type Translate } from "../shared/i18n.ts";
import type { Language } from "../shared/protocol.ts";
import { diffRows, diffText, type Piece } from "./diff.ts";
import { newEntry } from "./entry-content.ts";
import { changedFields, isEmpty, valueOf, type Field, type Value } from "./fields.ts";
import type { Entry } from "./knowledge.ts";
import { scenarioName } from "./marks.ts";

/** Two states of an entry beside each other, field by field; null where there is no entry. */
export function entryDiff(before: Entry | null, after: Entry | null, heads: readonly [string, string], t: Translate): TemplateResult {
  const [old, now] = [before ?? nothingWritten(after), after ?? nothingWritten(before)];
  const changed = changedFields(old, now);
  if (changed.length === 0) return html`<p class="quiet">${t("diff.same")}</p>`;
  return html`<div class="diff" data-testid="diff">
    <div class="pair heads" aria-hidden="true"><span>${heads[0]}</span><span>${heads[1]}</span></div>
    ${changed.map((field) => fieldDiff(field, valueOf(old, field), valueOf(now, field), heads, t))}
  </div>`;
}

export function fieldName({ name, language }: Field, t: Translate): string {
  return language ? `${t(`language.${language}`)} · ${t(`field.${name}`)}` : t(`field.${name}`);
}

/** A property's value in words. */
export function valueInWords({ name }: Field, value: Value, t: Translate): string {
  if (isEmpty(value)) return t("diff.nothing");
  if (typeof value === "boolean") return t("diff.yes");
  if (Array.isArray(value)) return value.join("\n");
  if (name === "audience" || name === "risk_class") return t(`${name}.${String(value)}`);
  return name === "scenario" ? scenarioName(String(value), t) : String(value);
}

function fieldDiff(field: Field, before: Value, after: Value, heads: readonly [string, string], t: Translate): TemplateResult {
  const { language } = field;
  return html`<section aria-label=${fieldName(field, t)}>
    <h4>${fieldName(field, t)}</h4>
    ${Array.isArray(before) && Array.isArray(after)
      ? listDiff(before, after, language, heads, t)
      : language
        ? pair(diffText(String(before), String(after), language), language, heads)
        : pair(diffText(valueInWords(field, before, t), valueInWords(field, after, t), "zh"), null, heads)}
  </section>`;
}

function listDiff(before: readonly string[], after: readonly string[], language: Language | null, heads: readonly [string, string], t: Translate): TemplateResult {
  const rows = diffRows(before, after);
  const changed = rows.filter((row) => row.before !== row.after);
  const same = rows.length - changed.length;
  return html`${changed.map((row) => pair(diffText(row.before ?? "", row.after ?? "", language ?? "en"), language, heads))}
    ${same > 0 ? html`<p class="label">${t("diff.unchanged", { count: same })}</p>` : nothing}`;
}

function pair(pieces: readonly Piece[], language: Language | null, heads: readonly [string, string]): TemplateResult {
  const side = (kind: "added" | "removed", head: string): TemplateResult => {
    const shown = pieces.filter((piece) => piece.kind === "same" || piece.kind === kind);
    return html`<div class="side ${kind}" lang=${language ? langAttribute(language) : nothing} role="group" aria-label=${head}>${shown.map(draw)}</div>`;
  };
  return html`<div class="pair">${side("removed", heads[0])}${side("added", heads[1])}</div>`;
}

function draw({ kind, text }: Piece): TemplateResult {
  if (kind === "added") return html`<ins>${text}</ins>`;
  return kind === "removed" ? html`<del>${text}</del>` : html`${text}`;
}

/** An entry that differs from the other in everything that the other says. */
function nothingWritten(other: Entry | null): Entry {
  return { ...newEntry(), scenario: other?.scenario ?? "", audience: other?.audience ?? "all", variants: {} };
}

export const diffStyles = css`
  .diff {
    display: grid;
    gap: var(--space-3);
  }
  .diff h4 {
    margin: 0 0 2px;
    color: var(--ink-quiet);
    font-size: var(--text-xs);
    font-weight: 400;
  }
  .pair {
    display: grid;
    grid-template-columns: 1fr 1fr;
    gap: var(--space-2);
  }
  .pair + .pair {
    margin-block-start: var(--space-1);
  }
  .heads {
    color: var(--ink-quiet);
    font-size: var(--text-xs);
  }
  .side {
    min-width: 0;
    min-height: 30px;
    padding: var(--space-1) var(--space-2);
    border: 1px solid var(--line);
    border-radius: var(--radius-small);
    background: var(--paper-raised);
    overflow-wrap: anywhere;
    white-space: pre-wrap;
  }
  .side:empty {
    border-style: dashed;
    background: none;
  }
  del,
  ins {
    border-radius: var(--space-1);
    box-decoration-break: clone;
  }
  del {
    background: var(--danger-soft);
    color: var(--danger);
    text-decoration: line-through;
  }
  ins {
    background: var(--good-soft);
    color: var(--good);
    text-decoration: underline;
    text-underline-offset: 0.2em;
  }
`;
