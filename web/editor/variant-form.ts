import { LitElement, css, html, nothing, type TemplateResult } from "lit";
import { property, queryAll } from "lit/decorators.js";
import { fitHeight } from "../shared/composing.ts";
import { emit } from "../shared/define.ts";
import { foundation } from "../shared/foundation.ts";
import { langAttribute, type Translate } from "../shared/i18n.ts";
import { icon } from "../shared/icons.ts";
import type { Language } from "../shared/protocol.ts";
import { editorStyles } from "./editor-styles.ts";
import { emptyVariant, type VariantName } from "./fields.ts";
import type { Finding, Variant } from "./knowledge.ts";

const growsByItself = CSS.supports("field-sizing", "content");

/** The entry in one language. Says `write` with the whole variant at every change. */
export class VariantForm extends LitElement {
  static override styles = [foundation, editorStyles, css`
    :host {
      container-type: inline-size;
    }
    fieldset {
      display: grid;
      gap: var(--space-3);
      min-width: 0;
      margin: 0;
      padding: 0;
      border: 0;
    }
    legend {
      display: flex;
      align-items: center;
      gap: var(--space-2);
      padding: 0;
      font-weight: var(--weight-strong);
    }
    .label {
      display: flex;
      align-items: center;
      gap: var(--space-1);
    }
    .similar {
      display: grid;
      gap: var(--space-1);
    }
    .similar li {
      display: flex;
      gap: 2px;
    }
    .similar textarea,
    .question {
      min-height: var(--target-dense);
      overflow: hidden;
      resize: none;
    }
    .similar .button {
      flex: none;
      color: var(--ink-quiet);
    }
    .answer {
      min-height: 148px;
      max-height: 420px;
    }
    .risk {
      min-height: 52px;
    }
    textarea {
      field-sizing: content;
      line-height: 1.55;
    }
    .add {
      justify-self: start;
    }
  `];

  @property({ attribute: false }) variant: Variant | undefined;
  @property({ attribute: false }) findings: readonly Finding[] = [];
  @property({ attribute: false }) t!: Translate;
  @property() of: Language = "zh";
  @property({ type: Boolean }) locked = false;
  /** Whether the entry's class asks for a risk text. */
  @property({ type: Boolean }) risky = false;
  @queryAll("textarea.grows") private growing!: NodeListOf<HTMLTextAreaElement>;

  override render(): TemplateResult {
    const { t, of, locked } = this;
    const variant = this.variant ?? emptyVariant;
    return html`<fieldset>
      <legend>${t(`language.${of}`)}</legend>
      <label class="field"><span class="label">${t("field.question")}${this.flags("question")}</span>
        <textarea lang=${langAttribute(of)} class="grows question" rows="1" maxlength="1000" data-testid=${`question-${of}`} id="question" ?readonly=${locked} aria-invalid=${this.invalid("question")}
          .value=${variant.question} @input=${(event: Event) => this.put("question", textOf(event))} @keydown=${oneLine}></textarea></label>
      <div class="field" role="group" aria-label=${t("field.similar")}>
        <span class="label">${t("field.similar")} <span class="numbers">${variant.similar.length}</span>${this.flags("similar")}</span>
        <ul class="plain similar" id="similar">${variant.similar.map((text, at) => this.row(variant, text, at))}</ul>
        ${locked ? nothing : html`<button type="button" class="button bare add" data-testid=${`add-similar-${of}`} @click=${() => this.insert(variant.similar.length)}>
          ${icon("plus")}${t("similar.add")}</button>`}
      </div>
      <label class="field"><span class="label">${t("field.answer")}${this.flags("answer")}</span>
        <textarea lang=${langAttribute(of)} class="grows answer" maxlength="20000" id="answer" data-testid=${`answer-${of}`} ?readonly=${locked} aria-invalid=${this.invalid("answer")} .value=${variant.answer}
          @input=${(event: Event) => this.put("answer", textOf(event))}></textarea></label>
      ${this.risky || variant.risk || this.has("risk")
        ? html`<label class="field"><span class="label">${t("field.risk")}${this.flags("risk")}</span>
            <textarea lang=${langAttribute(of)} class="grows risk" maxlength="2000" id="risk" data-testid=${`risk-${of}`} ?readonly=${locked} aria-invalid=${this.invalid("risk")} .value=${variant.risk ?? ""}
              @input=${(event: Event) => this.put("risk", textOf(event))}></textarea></label>`
        : nothing}
    </fieldset>`;
  }

  override updated(): void {
    if (!growsByItself) for (const box of this.growing) fitHeight(box);
  }

  /** Puts the cursor into a field, and marks the words that a check speaks of. */
  reveal(field: VariantName, excerpt: string): void {
    const boxes = [...this.renderRoot.querySelectorAll<HTMLTextAreaElement>(field === "similar" ? "#similar textarea" : `#${field}`)];
    const box = boxes.find(({ value }) => excerpt && value.includes(excerpt)) ?? boxes[0];
    if (!box) return;
    box.focus();
    box.scrollIntoView({ block: "center" });
    const at = excerpt ? box.value.indexOf(excerpt) : -1;
    if (at >= 0) box.setSelectionRange(at, at + excerpt.length);
  }

  private row(variant: Variant, text: string, at: number): TemplateResult {
    const { t, of, locked } = this;
    return html`<li>
      <textarea lang=${langAttribute(of)} class="grows" rows="1" data-testid=${`similar-${of}`} aria-label=${t("similar.label", { number: at + 1 })} ?readonly=${locked}
        .value=${text} @input=${(event: Event) => this.replace(variant, at, textOf(event))} @paste=${(event: ClipboardEvent) => this.pasted(event, variant, at)}
        @keydown=${(event: KeyboardEvent) => this.keyed(event, variant, at)}></textarea>
      ${locked ? nothing : html`<button type="button" class="button bare square" aria-label=${t("similar.remove", { number: at + 1 })}
        @click=${() => this.removeRow(variant, at)}>${icon("close")}</button>`}
    </li>`;
  }

  private flags(field: VariantName): TemplateResult | typeof nothing {
    const found = this.findings.filter((finding) => finding.field === field);
    const worst = found.some(({ severity }) => severity === "error") ? "error" : "warning";
    return found.length === 0 ? nothing : html`<span class="mark ${worst}">${icon("warning")}${this.t(`severity.${worst}`)}</span>`;
  }

  private invalid(field: VariantName): "true" | "false" {
    return this.findings.some((finding) => finding.field === field && finding.severity === "error") ? "true" : "false";
  }

  private has(field: VariantName): boolean {
    return this.findings.some((finding) => finding.field === field);
  }

  private put(field: VariantName, value: string | string[]): void {
    emit(this, "write", { ...emptyVariant, ...this.variant, [field]: value });
  }

  private replace(variant: Variant, at: number, text: string): void {
    this.put("similar", variant.similar.with(at, text));
  }

  /** Several lines become several rows. */
  private pasted(event: ClipboardEvent, variant: Variant, at: number): void {
    const lines = (event.clipboardData?.getData("text") ?? "").split(/\r?\n/).map((line) => line.trim()).filter(Boolean);
    if (lines.length < 2) return;
    event.preventDefault();
    this.put("similar", [...variant.similar.slice(0, at), ...[variant.similar[at]!, ...lines].filter(Boolean), ...variant.similar.slice(at + 1)]);
  }

  /** Enter starts the next row, Backspace in an empty one removes it. */
  private keyed(event: KeyboardEvent, variant: Variant, at: number): void {
    if (event.isComposing || event.ctrlKey || event.metaKey || this.locked) return;
    if (event.key === "Enter") {
      event.preventDefault();
      void this.insert(at + 1);
    } else if (event.key === "Backspace" && variant.similar[at] === "") {
      event.preventDefault();
      this.removeRow(variant, at);
    }
  }

  private async insert(at: number): Promise<void> {
    const similar = this.variant?.similar ?? [];
    this.put("similar", [...similar.slice(0, at), "", ...similar.slice(at)]);
    await this.focusRow(at);
  }

  private removeRow(variant: Variant, at: number): void {
    this.put("similar", variant.similar.filter((_, other) => other !== at));
    void this.focusRow(Math.max(0, at - 1));
  }

  private async focusRow(at: number): Promise<void> {
    await new Promise(requestAnimationFrame);
    await this.updateComplete;
    this.renderRoot.querySelectorAll<HTMLTextAreaElement>("#similar textarea")[at]?.focus();
  }
}

function textOf(event: Event): string {
  return (event.target as HTMLTextAreaElement).value;
}

function oneLine(event: KeyboardEvent): void {
  if (event.key === "Enter" && !event.isComposing && !event.ctrlKey && !event.metaKey) event.preventDefault();
}
