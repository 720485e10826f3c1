import { LitElement, css, html, nothing, type TemplateResult } from "lit";
import { property } from "lit/decorators.js";
import { foundation } from "../shared/foundation.ts";
import { langAttribute, type Translate } from "../shared/i18n.ts";
import { icon } from "../shared/icons.ts";
import { editorStyles } from "./editor-styles.ts";
import type { ChangedQuestion, Regression } from "./knowledge.ts";
import { skeletons } from "./marks.ts";

/** What a publication would do to the check questions: how many are right before and after, and which change. */
export class RegressionView extends LitElement {
  static override styles = [foundation, editorStyles, css`
    section {
      display: grid;
      gap: var(--space-2);
      margin: var(--space-3) var(--space-4) 0;
      padding: var(--space-3);
      border: 1px solid var(--line);
      border-radius: var(--radius-small);
      background: var(--paper);
    }
    header {
      display: flex;
      align-items: center;
      justify-content: space-between;
    }
    .table {
      overflow: auto;
      max-height: 320px;
    }
    table {
      width: 100%;
      border-collapse: collapse;
    }
    th {
      color: var(--ink-quiet);
      font-size: var(--text-xs);
      font-weight: 400;
    }
    th,
    td {
      padding: var(--space-1) var(--space-2);
      border-block-end: 1px solid var(--line);
      text-align: start;
      vertical-align: top;
    }
  `];

  @property({ attribute: false }) regression!: Regression | "asking" | "unasked";
  @property({ attribute: false }) close!: () => void;
  @property({ attribute: false }) t!: Translate;

  override render(): TemplateResult {
    const { t } = this;
    return html`<section aria-label=${t("regression.title")} data-testid="regression">
      <header><h3>${t("regression.title")}</h3>
        <button type="button" class="button bare square" aria-label=${t("regression.close")} @click=${this.close}>${icon("close")}</button></header>
      <div role="status">${this.sum()}</div>
      ${typeof this.regression === "object" && this.regression.questions.length > 0 ? this.table(this.regression.questions) : nothing}
    </section>`;
  }

  private sum(): TemplateResult {
    const { t, regression } = this;
    if (regression === "asking") return skeletons(t("review.rehearsing"), 1);
    if (regression === "unasked") return html`<p class="quiet">${t("regression.unasked")}</p>`;
    const { asked, right_before: before, right_after: after, questions } = regression;
    const worse = after < before;
    return html`<p class="banner ${worse ? "danger" : "good"}">${icon(worse ? "warning" : "online")}<span>${t("regression.sum", { asked, before, after })}
      ${questions.length === 0 ? html`<br />${t("regression.none")}` : nothing}</span></p>`;
  }

  private table(questions: readonly ChangedQuestion[]): TemplateResult {
    const { t } = this;
    const heads = ["regression.change", "regression.question", "regression.expected", "regression.before", "regression.after"];
    const sorted = [...questions].sort((a, b) => Number(b.change === "lost") - Number(a.change === "lost"));
    return html`<div class="table" tabindex="0" role="region" aria-label=${t("regression.title")}><table>
      <thead><tr>${heads.map((head) => html`<th scope="col">${t(head)}</th>`)}</tr></thead>
      <tbody>${sorted.map((question) => this.row(question))}</tbody></table></div>`;
  }

  private row({ text, language, entry_id: id, change, before, after }: ChangedQuestion): TemplateResult {
    const { t } = this;
    const none = t("regression.nothing");
    return html`<tr><td><span class="mark ${change === "lost" ? "error" : "answer"}">${t(`regression.${change}`)}</span></td>
      <td lang=${langAttribute(language)}>${text}</td><td class="code">${id ?? none}</td><td class="code">${before ?? none}</td><td class="code">${after ?? none}</td></tr>`;
  }
}
