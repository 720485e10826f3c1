import { css, html, nothing, type TemplateResult } from "lit";
import { foundation } from "../shared/foundation.ts";
import { icon } from "../shared/icons.ts";
import type { Observable } from "../shared/observable.ts";
import { heats, uses, type EntryInsight, type InsightColumn, type InsightPage, type Unanswered } from "./asked.ts";
import { tableAddress } from "./editor-api.ts";
import { EditorPart } from "./editor-part.ts";
import { editorStyles } from "./editor-styles.ts";
import { insightRows } from "./insight-board.ts";
import { languages } from "./knowledge.ts";
import { failure, figure, moment, scenarioName, skeletons, statusMark, titleOf } from "./marks.ts";
import { barStyles, barTable, weekBars, weeklyTable } from "./week-bars.ts";

const columns: readonly InsightColumn[] = ["entry_id", ...uses, "last_answer", "last_review"];

/** How entries fare with customers, and what is asked that nobody has written. */
export class InsightView extends EditorPart {
  static override styles = [foundation, editorStyles, barStyles, css`
    :host {
      height: 100%;
      overflow-y: auto;
      background: var(--paper-sunken);
    }
    .page {
      display: grid;
      grid-template-columns: minmax(0, 1fr);
      gap: var(--space-4);
      max-width: 1400px;
      margin: 0 auto;
      padding: var(--space-4);
    }
    .filters {
      display: flex;
      flex-wrap: wrap;
      align-items: end;
      gap: var(--space-2) var(--space-3);
    }
    .filters .field {
      flex: 0 1 168px;
    }
    @media (max-width: 640px) {
      .filters .field {
        flex: 1 1 140px;
      }
    }
    section {
      display: grid;
      gap: var(--space-3);
      grid-template-columns: minmax(0, 1fr);
      padding: var(--space-3) var(--space-4) var(--space-4);
      border: 1px solid var(--line);
      border-radius: var(--radius-small);
      background: var(--paper);
    }
    h2 {
      font-size: var(--text-m);
    }
    .head {
      display: flex;
      flex-wrap: wrap;
      align-items: center;
      gap: var(--space-2);
    }
    .head h2 {
      flex: 1;
    }
    a.button {
      color: var(--ink);
      text-decoration: none;
    }
    .sides {
      display: grid;
      grid-template-columns: repeat(auto-fit, minmax(240px, 1fr));
      gap: var(--space-4) var(--space-6);
      align-items: start;
    }
    .sides > div {
      display: grid;
      gap: var(--space-2);
    }
    .scroll {
      overflow-x: auto;
    }
    table.entries {
      width: 100%;
      min-width: 900px;
      border-collapse: collapse;
    }
    .entries th,
    .entries td {
      padding: var(--space-1) var(--space-2);
      border-block-end: 1px solid var(--line);
      text-align: start;
      vertical-align: middle;
      white-space: nowrap;
    }
    .entries thead th {
      padding: 0;
      font-weight: 400;
    }
    .entries thead button {
      width: 100%;
      min-height: 32px;
      padding: 0 var(--space-2);
      border: 0;
      background: none;
      color: var(--ink-quiet);
      font-size: var(--text-xs);
      text-align: inherit;
    }
    .entries thead [aria-sort] button {
      color: var(--accent-text);
      font-weight: var(--weight-strong);
    }
    .entries thead button:focus-visible {
      outline: 2px solid var(--accent-text);
      outline-offset: -2px;
      box-shadow: none;
    }
    .entries .number {
      font-variant-numeric: tabular-nums;
      text-align: end;
    }
    .entries tbody th {
      width: 100%;
      max-width: 0;
      min-width: 220px;
      font-weight: 400;
    }
    .name {
      display: block;
      overflow: hidden;
      text-overflow: ellipsis;
    }
    .zero {
      color: var(--ink-quiet);
    }
    tfoot th {
      text-align: start;
    }
    .pager {
      display: flex;
      align-items: center;
      gap: var(--space-2);
    }
  `];

  protected override observables(): readonly Observable[] {
    return [this.session.insight];
  }

  override render(): TemplateResult {
    return html`<div class="page">${this.filters()}${this.asked()}${this.fared()}</div>`;
  }

  private filters(): TemplateResult {
    const { t } = this;
    const { insight } = this.session;
    const { query, entries } = insight;
    const scenarios = typeof entries === "object" && "scenarios" in entries ? entries.scenarios.map(({ id }) => id) : query.scenario ? [query.scenario] : [];
    const choice = (name: "scenario" | "language" | "heat", values: readonly string[], shown: (value: string) => string): TemplateResult => html`
      <label class="field"><span class="label">${t(`insight.${name}`)}</span>
        <select data-testid=${`insight-${name}`} @change=${(event: Event) => void insight.choose({ [name]: (event.target as HTMLSelectElement).value })}>
          <option value="" ?selected=${query[name] === ""}>${t("insight.all")}</option>
          ${values.map((value) => html`<option value=${value} ?selected=${query[name] === value}>${shown(value)}</option>`)}</select></label>`;
    const day = (name: "since" | "until"): TemplateResult => html`
      <label class="field"><span class="label">${t(`insight.${name}`)}</span>
        <input type="date" required data-testid=${`insight-${name}`} .value=${query[name]} @change=${(event: Event) => void insight.choose({ [name]: (event.target as HTMLInputElement).value })} /></label>`;
    return html`<div class="filters" role="group" aria-label=${t("insight.filters")}>${day("since")}${day("until")}
      ${choice("language", languages, (value) => t(`language.${value}`))}
      ${choice("scenario", scenarios, (value) => scenarioName(value, t))}
      ${choice("heat", heats, (value) => t(`heat.${value}`))}</div>`;
  }

  private asked(): TemplateResult {
    const { t } = this;
    const { insight } = this.session;
    const { unanswered } = insight;
    const total = typeof unanswered === "object" && "weeks" in unanswered ? unanswered.total : null;
    return html`<section data-testid="unanswered"><div class="head"><h2>${t("unanswered.title")}
        ${total === null ? nothing : html`<span class="label numbers">${figure(total)}</span>`}</h2>
        <button type="button" class="button" @click=${() => this.session.go({ view: "suggestions" })}>${t("unanswered.decide")}</button></div>
      ${unanswered === "loading" ? skeletons(t("insight.loading"), 2) : nothing}
      ${unanswered === "unreachable" ? failure(t("app.unreachable"), t, () => void insight.loadUnanswered()) : nothing}
      ${typeof unanswered === "object" ? ("refused" in unanswered ? failure(unanswered.refused, t, null) : this.weeks(unanswered)) : nothing}</section>`;
  }

  private weeks({ total, weeks, languages: spoken, scenarios, whys, most }: Unanswered): TemplateResult {
    const { t } = this;
    if (total === 0) return html`<p class="quiet" data-testid="none-unanswered">${t("unanswered.none")}</p>`;
    return html`<div class="sides">
      <div><h3>${t("unanswered.weeks")}</h3>${weekBars(weeks, t)}</div>
      <div><h3>${t("unanswered.most")}</h3>${weeklyTable(most, t)}</div>
      <div><h3>${t("unanswered.why")}</h3>${barTable(whys.map(({ id, count }) => [t(`why.${id}`), count] as const), t("unanswered.why"), t("insight.questions"))}
        ${spoken.length > 1 ? barTable(spoken.map(({ id, count }) => [t(`language.${id}`), count] as const), t("insight.language"), t("insight.questions")) : nothing}</div>
      <div><h3>${t("unanswered.scenarios")}</h3>${barTable(
        [...scenarios].sort((one, other) => other.count - one.count).map(({ id, count }) => [scenarioName(id, t), count] as const),
        t("insight.scenario"), t("insight.questions"))}</div></div>`;
  }

  private fared(): TemplateResult {
    const { t } = this;
    const { insight } = this.session;
    const { entries } = insight;
    return html`<section><div class="head"><h2>${t("fared.title")}
        ${typeof entries === "object" && "total" in entries ? html`<span class="label numbers" role="status" data-testid="insight-total">${figure(entries.total)}</span>` : nothing}</h2>
        <a class="button" data-testid="insight-csv" download href=${tableAddress(insight.query)}>${icon("download")}${t("fared.csv")}</a></div>
      <p class="label">${t("fared.about")}</p>
      ${entries === "loading" ? skeletons(t("insight.loading"), 6) : nothing}
      ${entries === "unreachable" ? failure(t("app.unreachable"), t, () => void insight.loadEntries()) : nothing}
      ${typeof entries === "object" ? ("refused" in entries ? failure(entries.refused, t, null) : this.table(entries)) : nothing}</section>`;
  }

  private table(page: InsightPage): TemplateResult {
    const { t } = this;
    const { insight } = this.session;
    const { query } = insight;
    if (page.total === 0) return html`<p class="empty">${t("fared.none")}</p>`;
    return html`<div class="scroll" tabindex="0" role="group" aria-label=${t("fared.title")}><table class="entries">
      <thead><tr>${columns.map((column) => html`<th scope="col" class=${column === "entry_id" ? "" : "number"}
        aria-sort=${query.sort === column ? (query.falling ? "descending" : "ascending") : nothing}>
        <button type="button" data-testid=${`sort-${column}`} title=${t(`column.about.${column}`)} @click=${() => void insight.sort(column)}>
          ${t(`column.${column}`)}${query.sort === column ? (query.falling ? " ↓" : " ↑") : ""}</button></th>`)}</tr></thead>
      <tbody>${page.entries.map((entry) => this.row(entry))}</tbody>
      <tfoot><tr><th scope="row">${t("fared.sum")}</th>${uses.map((use) => html`<td class="number">${page.sums[use]}</td>`)}<td></td><td></td></tr></tfoot>
    </table></div>
    ${page.total > insightRows ? this.pager(page.total) : nothing}`;
  }

  private row(entry: EntryInsight): TemplateResult {
    const { t, language } = this;
    const at = (moment_: string | null): string => (moment_ ? moment(moment_) : "–");
    return html`<tr data-testid="insight-row" data-id=${entry.entry_id}>
      <th scope="row"><a class="name" href=${`#/entries/${encodeURIComponent(entry.entry_id)}`}>${titleOf(entry.questions, language, entry.entry_id)}</a>
        <span class="label">${scenarioName(entry.scenario, t)}</span>
        ${entry.is_live ? nothing : statusMark(entry.status, t)}
        ${entry.heat ? html`<span class="mark ${entry.heat === "hot" ? "changed" : ""}">${t(`heat.${entry.heat}`)}</span>` : nothing}</th>
      ${uses.map((use) => html`<td class="number ${entry.counts[use] === 0 ? "zero" : ""}">${entry.counts[use]}</td>`)}
      <td class="number">${at(entry.last_answer)}</td><td class="number">${at(entry.last_review)}</td></tr>`;
  }

  private pager(total: number): TemplateResult {
    const { t } = this;
    const { insight } = this.session;
    const { offset } = insight;
    const last = Math.min(offset + insightRows, total);
    return html`<nav class="pager" aria-label=${t("fared.pages")}>
      <button type="button" class="button" aria-disabled=${offset === 0 ? "true" : "false"} @click=${() => offset > 0 && void insight.turnTo(offset - insightRows)}>${t("fared.back")}</button>
      <span class="label numbers" role="status">${t("fared.range", { first: offset + 1, last, total })}</span>
      <button type="button" class="button" data-testid="insight-next" aria-disabled=${last >= total ? "true" : "false"} @click=${() => last < total && void insight.turnTo(offset + insightRows)}>${t("fared.on")}</button></nav>`;
  }
}
