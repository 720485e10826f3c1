import { LitElement, css, html, nothing, type TemplateResult } from "lit";
import { property, query, state } from "lit/decorators.js";
import { emit } from "../shared/define.ts";
import { foundation } from "../shared/foundation.ts";
import type { Translate } from "../shared/i18n.ts";
import { icon } from "../shared/icons.ts";
import type { Language } from "../shared/protocol.ts";
import { editorStyles } from "./editor-styles.ts";
import type { EntrySummary } from "./knowledge.ts";

const pauseMilliseconds = 250;

/** Entries that an answer leads on to: what is chosen as chips, more by search. Says `pick` with the new list. */
export class RelatedPicker extends LitElement {
  static override styles = [foundation, editorStyles, css`
    .chips {
      display: flex;
      flex-wrap: wrap;
      gap: var(--space-1);
    }
    .chips li {
      display: inline-flex;
      align-items: center;
      max-width: 100%;
      padding-inline-start: var(--space-2);
      border: 1px solid var(--line);
      border-radius: var(--radius-small);
      background: var(--paper-sunken);
    }
    .chips .button {
      min-width: 28px;
      min-height: 28px;
      padding: 0;
      color: var(--ink-quiet);
    }
    .chips:not(:empty) + input {
      margin-block-start: var(--space-1);
    }
  `];

  @property({ attribute: false }) ids: readonly string[] = [];
  @property({ attribute: false }) search!: (text: string) => Promise<readonly EntrySummary[]>;
  @property({ attribute: false }) t!: Translate;
  @property() language: Language = "zh";
  @property({ type: Boolean }) locked = false;
  @state() private found: readonly EntrySummary[] = [];
  @query("input") private box!: HTMLInputElement;
  private timer: ReturnType<typeof setTimeout> | undefined;

  override render(): TemplateResult {
    const { t, ids, locked } = this;
    return html`<ul class="plain chips">${ids.map((id) => html`<li><span class="code">${id}</span>
        ${locked ? nothing : html`<button type="button" class="button bare" aria-label=${t("related.remove", { id })}
          @click=${() => emit(this, "pick", ids.filter((other) => other !== id))}>${icon("close")}</button>`}</li>`)}</ul>
      ${locked ? nothing : html`<input list="found" data-testid="related" aria-label=${t("related.add")} placeholder=${t("related.add")} autocomplete="off"
        @input=${this.typed} @change=${this.take} @keydown=${this.keyed} />
      <datalist id="found">${this.found.map(({ id, questions }) => html`<option value=${id}>${questions[this.language] ?? id}</option>`)}</datalist>`}`;
  }

  private typed(): void {
    clearTimeout(this.timer);
    const text = this.box.value.trim();
    if (this.found.some(({ id }) => id === text)) return this.take();
    if (!text) return;
    this.timer = setTimeout(() => void this.search(text).then((found) => (this.found = found)), pauseMilliseconds);
  }

  private keyed(event: KeyboardEvent): void {
    if (event.key === "Enter" && !event.isComposing && !event.ctrlKey && !event.metaKey) this.take();
  }

  private take(): void {
    const id = this.box.value.trim();
    if (!/^[A-Za-z0-9][\w.?:-]*$/.test(id)) return;
    this.box.value = "";
    if (!this.ids.includes(id)) emit(this, "pick", [...this.ids, id]);
  }
}
