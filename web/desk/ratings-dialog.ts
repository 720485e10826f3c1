import { css, html, nothing, type TemplateResult } from "lit";
import { state } from "lit/decorators.js";
import { icon } from "../shared/icons.ts";
import type { Rating, RatingReport, Satisfaction } from "../shared/protocol.ts";
import { DeskDialog } from "./dialogs.ts";

const shown = 50;
const idLength = 6;

/** What customers said of the bot and of people, apart: the mean with its interval, who answered, and their words. */
export class RatingsDialog extends DeskDialog {
  static override styles = [...DeskDialog.styles, css`
    dialog {
      width: min(620px, calc(100vw - var(--space-4)));
    }
    .figures {
      display: grid;
      grid-template-columns: 1fr 1fr;
      gap: var(--space-3);
    }
    .figure {
      padding: var(--space-3);
      border: 1px solid var(--line);
      border-radius: var(--radius-small);
    }
    .figure strong {
      display: block;
      font-size: var(--text-2xl);
      line-height: var(--leading-tight);
      font-variant-numeric: tabular-nums;
    }
    table {
      width: 100%;
      border-collapse: collapse;
    }
    th,
    td {
      padding: var(--space-1) var(--space-2);
      border-block-end: 1px solid var(--line);
      text-align: start;
      vertical-align: top;
    }
    th {
      color: var(--ink-quiet);
      font-size: var(--text-xs);
      font-weight: 400;
    }
    td {
      overflow-wrap: anywhere;
    }
  `];

  @state() private report: RatingReport | "loading" | "failed" = "loading";

  override async show(): Promise<void> {
    this.report = "loading";
    await super.show();
    this.report = (await this.session.ratings()) ?? "failed";
  }

  override render(): TemplateResult {
    const { t } = this;
    return html`<dialog aria-labelledby="title" data-testid="ratings-dialog"><form method="dialog">
      <header><h2 id="title">${t("ratings.title")}</h2>
        <button class="button bare square" aria-label=${t("canned.close")}>${icon("close")}</button></header>
      ${this.body()}
    </form></dialog>`;
  }

  private body(): TemplateResult {
    const { t, report } = this;
    if (report === "loading") return html`<div class="skeleton" role="status" aria-label=${t("ratings.loading")}>&nbsp;</div>`;
    if (report === "failed") return html`<p class="error" role="alert">${t("app.unreachable")}</p>`;
    return html`<div class="figures">${this.figure("bot", report.bot)}${this.figure("agent", report.agent)}</div>
      ${report.ratings.length === 0
        ? html`<p class="empty">${t("ratings.empty")}</p>`
        : html`<table><thead><tr><th>${t("ratings.when")}</th><th>${t("ratings.whom")}</th><th>${t("ratings.score")}</th><th>${t("ratings.comment")}</th></tr></thead>
          <tbody>${report.ratings.slice(0, shown).map((rating) => this.row(rating))}</tbody></table>`}`;
  }

  private figure(subject: "bot" | "agent", { mean, low, high, answers, asked }: Satisfaction): TemplateResult {
    const { t } = this;
    return html`<div class="figure" data-testid=${`csat-${subject}`}><span class="label">${t(`ratings.${subject}`)}</span>
      <strong>${mean === null ? "–" : mean.toFixed(2)}</strong>
      ${low === null || high === null ? nothing : html`<p class="label numbers">${t("ratings.interval", { low: low.toFixed(2), high: high.toFixed(2) })}</p>`}
      <p class="label numbers">${t("ratings.answers", { answers, asked })}</p></div>`;
  }

  private row({ at, subject, agent_name, score, comment, conversation_id }: Rating): TemplateResult {
    const when = new Date(at).toLocaleString(this.language, { month: "numeric", day: "numeric", hour: "2-digit", minute: "2-digit" });
    return html`<tr><td class="numbers" title=${conversation_id.slice(-idLength)}>${when}</td>
      <td>${subject === "bot" ? this.t("sender.bot") : (agent_name ?? this.t("sender.agent"))}</td>
      <td class="numbers">${score}</td><td>${comment ?? ""}</td></tr>`;
  }
}
