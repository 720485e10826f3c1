import { css, html, nothing, svg, type TemplateResult } from "lit";
import { langAttribute, type Translate } from "../shared/i18n.ts";
import { icon } from "../shared/icons.ts";
import type { Attempt, Case, Summary } from "../shared/protocol.ts";

const [step, height, margin] = [14, 18, 3];

/** What the customer wants, what was tried, and how they felt over the turns. */
export function summaryView({ wants, tried }: Summary, { language, trend }: Case, t: Translate): TemplateResult {
  const lang = langAttribute(language);
  const mood = trend.points.some((point) => point.emotion !== "neutral") ? trend.direction : "calm";
  return html`<div class="summary" data-testid="summary">
    <ul class="plain wants" lang=${lang}>${wants.map((text) => html`<li>${text}</li>`)}</ul>
    ${tried.length === 0 ? html`<p class="label">${t("summary.tried.nothing")}</p>` : html`
      <p class="label">${t("summary.tried")}</p>
      <ol class="plain tried" lang=${lang}>${tried.map((attempt) => attemptLine(attempt, t))}</ol>`}
    <p class="mood"><span class="label">${t("summary.mood")}</span>${moodLine(trend.points, t)}<span>${t(`trend.${mood}`)}</span></p>
  </div>`;
}

function attemptLine({ kind, title, helpful, chosen }: Attempt, t: Translate): TemplateResult {
  const result = helpful === null ? nothing : icon(helpful ? "helpful" : "unhelpful");
  const picked = kind !== "choices" ? "" : chosen === "none" ? t("tried.none") : (chosen ?? t("tried.ignored"));
  return html`<li><span class="label">${t(`tried.${kind}`)}</span> ${title}
    ${picked ? html`<span class="label">→ ${picked}</span>` : nothing}${result}
    ${helpful === null ? nothing : html`<span class="unseen">${t(helpful ? "message.helpful" : "message.unhelpful")}</span>`}</li>`;
}

/** One step a turn, higher the worse it was; the words beside it say the same. */
function moodLine(felt: Case["trend"]["points"], t: Translate): TemplateResult | typeof nothing {
  if (felt.length < 2) return nothing;
  const places = felt.map(({ negativity }, at) => ({ x: at * step + margin, y: margin + (1 - negativity) * (height - 2 * margin) }));
  return html`<svg width=${(felt.length - 1) * step + 2 * margin} height=${height} role="img"
    aria-label=${felt.map(({ emotion }) => t(`emotion.${emotion}`)).join(", ")}>
    ${svg`<polyline points=${places.map(({ x, y }) => `${x},${y}`).join(" ")} fill="none" />`}
    ${places.map(({ x, y }) => svg`<circle cx=${x} cy=${y} r="2" />`)}</svg>`;
}

export const summaryStyles = css`
  .summary {
    display: grid;
    gap: var(--space-1);
    overflow-wrap: anywhere;
  }
  .wants li + li {
    margin-top: 2px;
    color: var(--ink-quiet);
  }
  .tried {
    display: grid;
    gap: 2px;
  }
  .tried li {
    padding-inline-start: var(--space-2);
    border-inline-start: 2px solid var(--line);
  }
  .mood {
    display: flex;
    align-items: center;
    gap: var(--space-2);
  }
  .mood polyline {
    stroke: var(--accent-text);
    stroke-width: 1.5;
  }
  .mood circle {
    fill: var(--accent-text);
  }
`;
