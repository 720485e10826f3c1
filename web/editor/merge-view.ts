import { css, html, nothing, type TemplateResult } from "lit";
import { state } from "lit/decorators.js";
import { foundation } from "../shared/foundation.ts";
import { langAttribute } from "../shared/i18n.ts";
import { icon } from "../shared/icons.ts";
import type { Observable } from "../shared/observable.ts";
import type { Language } from "../shared/protocol.ts";
import { diffText } from "./diff.ts";
import { EditorPart } from "./editor-part.ts";
import { editorStyles } from "./editor-styles.ts";
import { diffStyles, fieldName, valueInWords } from "./entry-diff.ts";
import type { Value } from "./fields.ts";
import { moment } from "./marks.ts";
import { differences, merged, type Conflict, type Difference, type Side } from "./merge.ts";

/** Two people changed one entry: each field that differs, mine and theirs beside each other, and a choice for each. */
export class MergeView extends EditorPart {
  static override styles = [foundation, editorStyles, diffStyles, css`
    :host {
      display: grid;
      align-content: start;
      gap: var(--space-4);
      padding: var(--space-4) var(--space-4) 0;
    }
    h2 {
      font-size: var(--text-l);
    }
    fieldset {
      min-width: 0;
      margin: 0;
      padding: var(--space-3);
      border: 1px solid var(--line);
      border-radius: var(--radius-small);
      background: var(--paper);
    }
    fieldset.undecided {
      border-color: var(--warning);
    }
    legend {
      display: flex;
      flex-wrap: wrap;
      align-items: center;
      gap: var(--space-2);
      padding: 0 var(--space-1);
      font-weight: var(--weight-strong);
    }
    legend .mark {
      font-weight: 400;
    }
    .choices {
      display: grid;
      grid-template-columns: 1fr 1fr;
      gap: var(--space-2);
    }
    label {
      display: grid;
      align-content: start;
      gap: var(--space-1);
      min-width: 0;
      cursor: pointer;
    }
    label > span {
      display: flex;
      align-items: center;
      gap: var(--space-2);
    }
    .side {
      min-height: 34px;
    }
    label:has(input:checked) .side {
      border-color: var(--accent-text);
      background: var(--accent-soft);
    }
    .both {
      margin-block-start: var(--space-2);
    }
    .foot {
      position: sticky;
      bottom: 0;
      padding-block: var(--space-3);
      border-block-start: 1px solid var(--line);
      background: var(--paper-sunken);
    }
  `];

  @state() private chosen: Readonly<Record<string, Side>> = {};
  private shown: Conflict | null = null;

  protected override observables(): readonly Observable[] {
    return [this.session.open];
  }

  override willUpdate(): void {
    if (this.session.open.conflict === this.shown) return;
    this.shown = this.session.open.conflict;
    this.chosen = {};
  }

  override firstUpdated(): void {
    this.renderRoot.querySelector("h2")?.focus();
  }

  override render(): TemplateResult | typeof nothing {
    const { t, session } = this;
    const { conflict, busy } = session.open;
    if (!conflict) return nothing;
    const all = differences(conflict);
    const result = merged(conflict, this.chosen);
    const open = all.filter((difference) => !this.sideOf(difference)).length;
    const { author, created_at, revision } = conflict.theirs;
    return html`
      <header data-testid="merge">
        <h2 tabindex="-1">${t("merge.title")}</h2>
        <p>${t("merge.about", { author, time: moment(created_at), number: revision })}</p>
      </header>
      ${all.length === 0 ? html`<p class="banner good">${icon("online")}<span>${t("merge.same")}</span></p>` : nothing}
      ${all.map((difference) => this.choice(difference))}
      <div class="foot actions">
        <button type="button" class="button main" data-testid="merge-save" aria-disabled=${result && !busy ? "false" : "true"}
          @click=${() => result && void session.open.resolve(result)}>${t("merge.save")}</button>
        <button type="button" class="button" data-testid="merge-theirs" @click=${() => this.all(all, "theirs")}>${t("merge.all.theirs")}</button>
        <button type="button" class="button" data-testid="merge-mine" @click=${() => this.all(all, "mine")}>${t("merge.all.mine")}</button>
        <span class="quiet" role="status">${open > 0 ? t("merge.open", { count: open }) : nothing}</span>
      </div>`;
  }

  private choice(difference: Difference): TemplateResult {
    const { t } = this;
    const side = this.sideOf(difference);
    const proposal = difference.proposed;
    return html`<fieldset class=${side ? "" : "undecided"} data-testid="merge-field" data-key=${difference.key}>
      <legend>${fieldName(difference.field, t)}
        ${side ? nothing : html`<span class="mark warning">${icon("warning")}${t("merge.choose")}</span>`}
        ${proposal && !this.chosen[difference.key] ? html`<span class="mark">${t(`merge.only.${proposal}`)}</span>` : nothing}</legend>
      <div class="choices">${this.option(difference, "mine", difference.mine)}${this.option(difference, "theirs", difference.theirs)}</div>
      ${difference.canJoin
        ? html`<label class="both"><span>${this.radio(difference, "both")}${t("merge.both")}</span></label>`
        : nothing}
    </fieldset>`;
  }

  private option(difference: Difference, side: "mine" | "theirs", value: Value): TemplateResult {
    return html`<label><span>${this.radio(difference, side)}${this.t(`merge.${side}`)}</span>
      <div class="side" lang=${difference.field.language ? langAttribute(difference.field.language) : nothing}>${this.words(difference, side, value)}</div></label>`;
  }

  /** The side's text, with what the other side does not have marked. */
  private words({ field, mine, theirs }: Difference, side: "mine" | "theirs", value: Value): unknown {
    const language: Language = field.language ?? "zh";
    const other = valueInWords(field, side === "mine" ? theirs : mine, this.t);
    return diffText(other, valueInWords(field, value, this.t), language)
      .filter(({ kind }) => kind !== "removed")
      .map(({ kind, text }) => (kind === "added" ? html`<ins>${text}</ins>` : text));
  }

  private radio(difference: Difference, side: Side): TemplateResult {
    return html`<input type="radio" name=${difference.key} value=${side} data-testid=${`merge-${side}-${difference.key}`}
      .checked=${this.sideOf(difference) === side} @change=${() => (this.chosen = { ...this.chosen, [difference.key]: side })} />`;
  }

  private sideOf({ key, proposed }: Difference): Side | null {
    return this.chosen[key] ?? proposed;
  }

  private all(list: readonly Difference[], side: "mine" | "theirs"): void {
    this.chosen = Object.fromEntries(list.map(({ key }) => [key, side]));
  }
}
