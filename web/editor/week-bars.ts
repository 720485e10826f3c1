import { css, html, type TemplateResult } from "lit";
import type { Translate } from "../shared/i18n.ts";
import type { WeekCount } from "./asked.ts";

/** Counts by week as a table whose bars are drawn in its cells: it reads without them. */
export function weekBars(weeks: readonly WeekCount[], t: Translate): TemplateResult {
  return barTable(weeks.map(({ week, count }) => [week, count]), t("insight.week"), t("insight.questions"));
}

/** Names with their counts, as a table with a bar for each. */
export function barTable(rows: readonly (readonly [string | TemplateResult, number])[], name: string, counted: string): TemplateResult {
  const most = Math.max(1, ...rows.map(([, count]) => count));
  return html`<table class="bars"><thead><tr><th scope="col">${name}</th><th scope="col" class="number">${counted}</th><th aria-hidden="true"></th></tr></thead>
    <tbody>${rows.map(([title, count]) => html`<tr><th scope="row">${title}</th><td class="number">${count}</td>
      <td class="drawn" aria-hidden="true"><span style=${`width:${(count / most) * 100}%`}></span></td></tr>`)}</tbody></table>`;
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
  .bars .drawn span {
    display: block;
    min-width: 1px;
    height: 10px;
    border-radius: 2px;
    background: var(--accent);
  }
`;
