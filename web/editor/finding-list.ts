import { LitElement, css, html, nothing, type TemplateResult } from "lit";
import { property } from "lit/decorators.js";
import { emit } from "../shared/define.ts";
import { foundation } from "../shared/foundation.ts";
import { langAttribute, type Translate } from "../shared/i18n.ts";
import { icon } from "../shared/icons.ts";
import type { Language } from "../shared/protocol.ts";
import { editorStyles } from "./editor-styles.ts";
import type { Finding } from "./knowledge.ts";

/** What the checks found, errors first. Says `reveal` with the finding that somebody wants to see in its field. */
export class FindingList extends LitElement {
  static override styles = [foundation, editorStyles, css`
    ul {
      display: grid;
      gap: var(--space-1);
    }
    li {
      display: grid;
      grid-template-columns: auto minmax(0, 1fr) auto;
      align-items: start;
      gap: var(--space-1) var(--space-2);
      padding: var(--space-1) var(--space-2);
      border: 1px solid var(--line);
      border-inline-start: 3px solid var(--warning);
      border-radius: var(--radius-small);
      background: var(--paper-raised);
    }
    li.error-row {
      border-inline-start-color: var(--danger);
    }
    .where {
      color: var(--ink-quiet);
      font-size: var(--text-xs);
    }
    q {
      background: var(--warning-soft);
      overflow-wrap: anywhere;
    }
    q::before,
    q::after {
      content: none;
    }
    .button {
      min-height: 26px;
      padding: 0 var(--space-2);
      font-size: var(--text-xs);
    }
  `];

  @property({ attribute: false }) findings: readonly Finding[] = [];
  @property({ attribute: false }) t!: Translate;
  @property() language: Language = "zh";
  /** Whether the fields are at hand, to go to. */
  @property({ type: Boolean }) reaches = false;

  override render(): TemplateResult {
    const sorted = [...this.findings].sort((a, b) => Number(b.severity === "error") - Number(a.severity === "error"));
    return html`<ul class="plain">${sorted.map((finding) => this.row(finding))}</ul>`;
  }

  private row(finding: Finding): TemplateResult {
    const { t, language } = this;
    return html`<li class="${finding.severity}-row" data-testid="finding" data-rule=${finding.rule} data-severity=${finding.severity}>
      <span class="mark ${finding.severity}">${icon("warning")}${t(`severity.${finding.severity}`)}</span>
      <div>
        <p>${finding.message[language]}</p>
        <p class="where">
          ${finding.language ? `${t(`language.${finding.language}`)} · ` : nothing}${t(`field.${finding.field}`)}
          ${finding.excerpt ? html`<q lang=${langAttribute(finding.language ?? language)}>${finding.excerpt}</q>` : nothing}
          ${finding.other_entry ? html`<a class="code" href=${`#/entries/${encodeURIComponent(finding.other_entry)}`}>${finding.other_entry}</a>` : nothing}
        </p>
      </div>
      ${this.reaches && finding.language
        ? html`<button type="button" class="button" @click=${() => emit(this, "reveal", finding)}>${t("finding.show")}</button>`
        : nothing}
    </li>`;
  }
}
