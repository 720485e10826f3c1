import { css, html, nothing, svg, type TemplateResult } from "lit";
import { langAttribute, type Translate } from "../shared/i18n.ts";
import type { AskedMost, WeekCount } from "./asked.ts";

const barWidth = 6;
const barStep = 8;
const barHeight = 20;

/** Counts by week as a table whose bars are drawn in its cells: it reads without them. */
export function weekBars(weeks: readonly WeekCount[], t: Translate): TemplateResult {
  return barTable(weeks.map(({ week, count }) => [week, count]), t("insight.week"), t("insight.questions"));
}

/** Names with their counts, as a table with a bar for each. */
export function barTable(rows: readonly (readonly [string | TemplateResult, number])[], name: string, counted: string): TemplateResult {
  const most = Math.max(1, ...rows.map(([, count]) => count));
  return html`<table class="bars"><thead><tr><th scope="col">${name}</th><th scope="col" class="number">${counted}</th><th aria-hidden="true"></th></tr></thead>
    <tbody>${rows.map(([title, count]) => html`<tr><th scope="row">${title}</th><td class="number">${count}</td>
      <td class="drawn" aria-hidden="true">${count === 0 ? nothing : html`<span style=${`width:${(count / most) * 100}%`}></span>`}</td></tr>`)}</tbody></table>`;
}

/** What was asked most with its counts, and how it went from week to week as small bars, all by the same measure. */
export function weeklyTable(most: readonly AskedMost[], t: Translate): TemplateResult {
  const highest = Math.max(1, ...most.flatMap(({ weeks }) => weeks.map(({ count }) => count)));
  return html`<table class="bars" data-testid="asked-most"><thead><tr><th scope="col">${t("unanswered.question")}</th>
      <th scope="col" class="number">${t("insight.questions")}</th><th scope="col">${t("unanswered.weeks")}</th></tr></thead>
    <tbody>${most.map(({ id, text, language, count, weeks }) => html`<tr>
      <th scope="row"><a href=${`#/suggestions/${id}`} lang=${langAttribute(language)} title=${text}>${text}</a></th>
      <td class="number">${count}</td><td class="small">${smallBars(weeks, highest, t)}</td></tr>`)}</tbody></table>`;
}

/** One bar a week; what is drawn is said as well. */
function smallBars(weeks: readonly WeekCount[], highest: number, t: Translate): TemplateResult {
  const said = t("unanswered.by_week", { counts: weeks.map(({ week, count }) => `${week}: ${count}`).join(", ") });
  const width = weeks.length * barStep;
  return html`<svg role="img" aria-label=${said} width=${width} height=${barHeight} viewBox=${`0 0 ${width} ${barHeight}`}><title>${said}</title>
    ${weeks.map(({ count }, at) => {
      const height = count === 0 ? 1 : Math.max(2, (count / highest) * barHeight);
      return svg`<rect class=${count === 0 ? "none" : ""} x=${at * barStep} y=${barHeight - height} width=${barWidth} height=${height}></rect>`;
    })}</svg>`;
}

export const barStyles = css`
  table.bars {
    width: 100%;
    border-collapse: collapse;
  }
  .bars thead th {
    color: var(--ink-quiet);
    font-size: var(--text-xs);
    font-weight: 400;
  }
  .bars th,
  .bars td {
    padding: 2px var(--space-2) 2px 0;
    text-align: start;
    white-space: nowrap;
  }
  .bars th[scope="row"] {
    max-width: 24ch;
    overflow: hidden;
    font-weight: 400;
    font-variant-numeric: tabular-nums;
    text-overflow: ellipsis;
  }
  .bars .number {
    font-variant-numeric: tabular-nums;
    text-align: end;
  }
  .bars .drawn {
    width: 100%;
    padding: 0;
  }
  .bars .small {
    width: 100%;
    vertical-align: middle;
  }
  .bars svg {
    display: block;
    max-width: 100%;
  }
  .bars rect {
    fill: var(--accent);
  }
  .bars rect.none {
    fill: var(--line-strong);
  }
  .bars .drawn span {
    display: block;
    height: 10px;
    border-radius: 2px;
    background: var(--accent);
  }
`;
