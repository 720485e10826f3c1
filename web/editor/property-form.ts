import { LitElement, css, html, nothing, type TemplateResult } from "lit";
import { property } from "lit/decorators.js";
import { emit } from "../shared/define.ts";
import { foundation } from "../shared/foundation.ts";
import type { Translate } from "../shared/i18n.ts";
import type { Language } from "../shared/protocol.ts";
import { editorStyles } from "./editor-styles.ts";
import { audiences, riskClasses, type Entry, type EntrySummary } from "./knowledge.ts";
import { scenarioName } from "./marks.ts";

/** What an entry is, beside its words. Says `write` with the whole entry at every change. */
export class PropertyForm extends LitElement {
  static override styles = [foundation, editorStyles, css`
    fieldset {
      display: grid;
      grid-template-columns: repeat(auto-fill, minmax(148px, 1fr));
      gap: var(--space-3);
      min-width: 0;
      margin: 0;
      padding: 0;
      border: 0;
    }
    legend {
      margin-block-end: var(--space-1);
      padding: 0;
      font-weight: var(--weight-strong);
    }
    .wide {
      grid-column: 1 / -1;
    }
    .check {
      display: flex;
      align-items: center;
      align-self: end;
      gap: var(--space-2);
      min-height: var(--target-dense);
    }
  `];

  @property({ attribute: false }) entry!: Entry;
  @property({ attribute: false }) scenarios: readonly string[] = [];
  @property({ attribute: false }) search!: (text: string) => Promise<readonly EntrySummary[]>;
  @property({ attribute: false }) missing: readonly string[] = [];
  @property({ attribute: false }) t!: Translate;
  @property() language: Language = "zh";
  @property({ type: Boolean }) locked = false;
  @property({ type: Boolean }) fresh = false;

  override render(): TemplateResult {
    const { entry, t, locked } = this;
    return html`<fieldset>
      <legend>${t("entry.properties")}</legend>
      ${this.fresh
        ? html`<label class="field wide"><span class="label">${t("field.id")}</span>
            <input data-testid="entry-id" maxlength="120" .value=${entry.id} ?readonly=${locked} autocomplete="off" spellcheck="false" autocapitalize="none"
              placeholder=${t("field.id.hint")} aria-invalid=${this.missing.includes("missing.id") ? "true" : "false"}
              @input=${(event: Event) => this.put({ id: valueOf(event) })} /></label>`
        : nothing}
      <label class="field"><span class="label">${t("field.scenario")}</span>
        <input data-testid="scenario" maxlength="80" list="scenarios" .value=${entry.scenario} ?readonly=${locked} autocomplete="off" spellcheck="false"
          aria-invalid=${this.missing.includes("missing.scenario") ? "true" : "false"} @input=${(event: Event) => this.put({ scenario: valueOf(event) })} />
        <datalist id="scenarios">${this.scenarios.map((id) => html`<option value=${id}>${scenarioName(id, t)}</option>`)}</datalist></label>
      <label class="field"><span class="label">${t("field.audience")}</span>
        <select data-testid="audience" ?disabled=${locked} @change=${(event: Event) => this.put({ audience: valueOf(event) as Entry["audience"] })}>
          ${audiences.map((id) => html`<option value=${id} ?selected=${id === entry.audience} .selected=${id === entry.audience}>${t(`audience.${id}`)}</option>`)}</select></label>
      <label class="field"><span class="label">${t("field.risk_class")}</span>
        <select data-testid="risk-class" ?disabled=${locked} @change=${(event: Event) => this.put({ risk_class: valueOf(event) as Entry["risk_class"] })}>
          ${riskClasses.map((id) => html`<option value=${id} ?selected=${id === entry.risk_class} .selected=${id === entry.risk_class}>${t(`risk_class.${id}`)}</option>`)}</select></label>
      <label class="field"><span class="label">${t("field.updated")}</span>
        <input type="date" data-testid="updated" .value=${entry.updated ?? ""} ?readonly=${locked}
          @change=${(event: Event) => this.put({ updated: valueOf(event) || null })} /></label>
      <label class="field"><span class="label">${t("field.valid_from")}</span>
        <input type="date" data-testid="valid-from" .value=${entry.valid_from ?? ""} ?readonly=${locked}
          @change=${(event: Event) => this.put({ valid_from: valueOf(event) || null })} /></label>
      <label class="field"><span class="label">${t("field.valid_to")}</span>
        <input type="date" data-testid="valid-to" .value=${entry.valid_to ?? ""} ?readonly=${locked}
          aria-invalid=${this.missing.includes("missing.dates") ? "true" : "false"}
          @change=${(event: Event) => this.put({ valid_to: valueOf(event) || null })} /></label>
      <label class="check"><input type="checkbox" data-testid="featured" .checked=${entry.featured} ?disabled=${locked}
        @change=${(event: Event) => this.put({ featured: (event.target as HTMLInputElement).checked })} />${t("field.featured")}</label>
      <div class="field wide"><span class="label">${t("field.related")}</span>
        <editor-related .ids=${entry.related} .search=${this.search} .t=${t} .language=${this.language} ?locked=${locked}
          @pick=${(event: CustomEvent<string[]>) => this.put({ related: event.detail })}></editor-related></div>
    </fieldset>`;
  }

  private put(change: Partial<Entry>): void {
    emit(this, "write", { ...this.entry, ...change });
  }
}

function valueOf(event: Event): string {
  return (event.target as HTMLInputElement | HTMLSelectElement).value;
}
