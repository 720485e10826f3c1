import { css, html, nothing, type TemplateResult } from "lit";
import { query, state } from "lit/decorators.js";
import { foundation } from "../shared/foundation.ts";
import { icon } from "../shared/icons.ts";
import type { Observable } from "../shared/observable.ts";
import { exportAddress } from "./editor-api.ts";
import { EditorPart } from "./editor-part.ts";
import { editorStyles } from "./editor-styles.ts";
import { fates, formats, type Fate, type Import, type ImportRow } from "./knowledge.ts";
import { figure, skeletons } from "./marks.ts";

const rowsAtOnce = 200;

/** Entries as files: out in four formats; in, with what becomes of every row before anything is changed. */
export class FilesView extends EditorPart {
  static override styles = [foundation, editorStyles, css`
    :host {
      height: 100%;
      overflow-y: auto;
      background: var(--paper-sunken);
    }
    .page {
      display: grid;
      gap: var(--space-4);
      max-width: 960px;
      margin: 0 auto;
      padding: var(--space-4);
    }
    section {
      display: grid;
      gap: var(--space-3);
      padding: var(--space-4);
      border: 1px solid var(--line);
      border-radius: var(--radius-small);
      background: var(--paper);
    }
    h2 {
      font-size: var(--text-m);
    }
    .drop {
      display: flex;
      flex-wrap: wrap;
      align-items: center;
      gap: var(--space-2) var(--space-3);
      padding: var(--space-4);
      border: 2px dashed var(--line-strong);
      border-radius: var(--radius-small);
    }
    .drop.over {
      border-color: var(--accent-text);
      background: var(--accent-soft);
    }
    a.button {
      color: var(--ink);
      text-decoration: none;
    }
    .table {
      overflow-x: auto;
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
    th {
      white-space: nowrap;
    }
    td.number {
      font-variant-numeric: tabular-nums;
    }
    td.code {
      min-width: 24ch;
    }
    th:last-child {
      width: 100%;
    }
    @media (max-width: 640px) {
      td.code {
        min-width: 13ch;
      }
    }
    progress {
      display: block;
      width: 100%;
      height: 8px;
      margin-block-start: var(--space-2);
      overflow: hidden;
      border: 0;
      border-radius: var(--radius-round);
      background: var(--line);
      appearance: none;
    }
    progress::-webkit-progress-bar {
      background: none;
    }
    progress::-webkit-progress-value {
      background: var(--accent);
    }
    progress::-moz-progress-bar {
      background: var(--accent);
    }
    .button[aria-pressed="true"] {
      border-color: var(--accent-text);
      background: var(--accent-soft);
      color: var(--accent-text);
    }
  `];

  @state() private fate: Fate | null = null;
  @state() private shown = rowsAtOnce;
  @state() private over = false;
  @query("input[type=file]") private file!: HTMLInputElement;

  protected override observables(): readonly Observable[] {
    return [this.session.imports];
  }

  override render(): TemplateResult {
    const { session, t } = this;
    return html`<div class="page">
      <section><h2>${t("export.title")}</h2><p class="quiet">${t("export.about")}</p>
        <div class="actions">${formats.map((format) => html`<a class="button" data-testid=${`export-${format}`} href=${exportAddress(format)} download>
          ${icon("download")}${t(`format.${format}`)}</a>`)}</div></section>
      <section><h2>${t("import.title")}</h2><p class="quiet">${t("import.about")}</p>
        ${session.mayEdit ? this.chooser() : html`<p class="banner">${icon("lock")}<span>${t("import.locked")}</span></p>`}
        ${session.imports.sending ? skeletons(t("import.sending", { file: session.imports.sending }), 2) : nothing}
        ${session.imports.run ? this.run(session.imports.run) : nothing}</section>
    </div>`;
  }

  private chooser(): TemplateResult {
    const { t } = this;
    return html`<div class="drop ${this.over ? "over" : ""}" @dragover=${this.dragged} @dragleave=${() => (this.over = false)} @drop=${this.dropped}>
      <input type="file" hidden data-testid="import-file" accept=".yml,.yaml,.csv,.xlsx,.jsonl" @change=${this.picked} />
      <button type="button" class="button" @click=${() => this.file.click()}>${icon("plus")}${t("import.choose")}</button>
      <span class="quiet">${t("import.drop")}</span>
    </div>`;
  }

  private run(run: Import): TemplateResult {
    const { t, session } = this;
    const applies = run.counts.new + run.counts.changed;
    return html`<div role="status">${this.progress(run, applies)}</div>
      ${run.state === "checked"
        ? html`<div class="actions">
            <button type="button" class="button main" data-testid="import-apply" aria-disabled=${applies > 0 ? "false" : "true"}
              @click=${() => applies > 0 && void session.imports.apply()}>${t("import.apply", { count: figure(applies) })}</button>
            <button type="button" class="button" @click=${() => session.imports.forget()}>${t("import.forget")}</button></div>`
        : nothing}
      <div class="actions" role="group" aria-label=${t("import.fates")}>
        ${fates.map((fate) => html`<button type="button" class="button" data-testid=${`fate-${fate}`} aria-pressed=${this.fate === fate ? "true" : "false"}
          @click=${() => { this.fate = this.fate === fate ? null : fate; this.shown = rowsAtOnce; }}>
          ${t(`fate.${fate}`)} <span class="label numbers">${figure(run.counts[fate])}</span></button>`)}
      </div>
      ${this.rows(run)}`;
  }

  private progress(run: Import, applies: number): TemplateResult {
    const { t } = this;
    if (run.state === "checked") {
      return html`<p data-testid="import-checked"><strong>${run.file}</strong> ${t(run.counts.refused > 0 ? "import.checked.refused" : "import.checked", { count: figure(run.total), refused: figure(run.counts.refused) })}</p>`;
    }
    if (run.state === "done") return html`<p class="banner good" data-testid="import-done">${icon("online")}<span>${t("import.done", { count: figure(applies) })}</span></p>`;
    if (run.state === "failed") return html`<p class="banner danger" data-testid="import-failed">${icon("warning")}<span>${t("import.failed", { done: figure(run.done) })}</span></p>`;
    return html`<p><label>${t(this.session.imports.lost ? "import.lost" : "import.applying", { done: figure(run.done), total: figure(run.total) })}
      <progress data-testid="import-progress" max=${Math.max(1, run.total)} .value=${run.done}></progress></label></p>`;
  }

  private rows(run: Import): TemplateResult {
    const { t } = this;
    const rows = this.fate ? run.rows.filter(({ fate }) => fate === this.fate) : run.rows;
    if (rows.length === 0) return html`<p class="quiet">${t("import.rows.empty")}</p>`;
    return html`<div class="table" tabindex="0" role="region" aria-label=${t("import.rows")}><table>
        <thead><tr><th scope="col">${t("import.row")}</th><th scope="col">${t("import.entry")}</th><th scope="col">${t("import.fate")}</th><th scope="col">${t("import.message")}</th></tr></thead>
        <tbody>${rows.slice(0, this.shown).map((row) => this.row(row))}</tbody></table></div>
      ${rows.length > this.shown
        ? html`<button type="button" class="button" @click=${() => (this.shown += rowsAtOnce)}>${t("import.more", { count: figure(rows.length - this.shown) })}</button>`
        : nothing}`;
  }

  private row({ row, entry_id: id, fate, column, message }: ImportRow): TemplateResult {
    return html`<tr data-testid="import-row"><td class="number">${row}</td><td class="code">${id ?? "–"}</td>
      <td><span class="mark ${fate}">${this.t(`fate.${fate}`)}</span></td><td>${column ? html`<span class="code">${column}</span> ` : nothing}${message?.[this.language]}</td></tr>`;
  }

  private picked(): void {
    const file = this.file.files?.[0];
    this.file.value = "";
    if (file) this.send(file);
  }

  private dragged(event: DragEvent): void {
    event.preventDefault();
    this.over = true;
  }

  private dropped(event: DragEvent): void {
    event.preventDefault();
    this.over = false;
    const file = event.dataTransfer?.files[0];
    if (file) this.send(file);
  }

  private send(file: File): void {
    this.fate = null;
    this.shown = rowsAtOnce;
    void this.session.imports.check(file);
  }
}
