import { css, html, nothing, type TemplateResult } from "lit";
import { query, state } from "lit/decorators.js";
import { foundation } from "../shared/foundation.ts";
import { otherLanguage } from "../shared/i18n.ts";
import { icon } from "../shared/icons.ts";
import type { Observable } from "../shared/observable.ts";
import type { Language } from "../shared/protocol.ts";
import { lasting } from "../shared/storage.ts";
import { EditorPart } from "./editor-part.ts";
import { editorStyles } from "./editor-styles.ts";
import { failure, skeletons } from "./marks.ts";
import { newItem } from "./route.ts";
import type { TestBox } from "./test-box.ts";

type Tab = "checks" | "preview" | "try" | "history";
type Size = "folded" | "half" | "tall";
const choices = lasting("bilin.editor.");

/** What stands at the foot of an entry: the checks, how customers see it, the test box, its history. */
export class EntryDock extends EditorPart {
  static override styles = [foundation, editorStyles, css`
    :host {
      display: flex;
      flex: none;
      flex-direction: column;
      min-height: 0;
      border-block-start: 1px solid var(--line-strong);
      background: var(--paper);
    }
    .bar {
      display: flex;
      flex: none;
      padding: 0 var(--space-2);
    }
    .tabs {
      display: flex;
      flex: 1;
      gap: 2px;
      min-width: 0;
      overflow-x: auto;
      scrollbar-width: none;
    }
    .bar button {
      display: inline-flex;
      align-items: center;
      gap: var(--space-1);
      min-height: 38px;
      padding: 0 var(--space-3);
      border: 0;
      border-block-end: 2px solid transparent;
      background: none;
      color: var(--ink-quiet);
      white-space: nowrap;
    }
    .bar button[aria-selected="true"] {
      border-color: var(--accent-text);
      color: var(--accent-text);
      font-weight: var(--weight-strong);
    }
    .bar button:focus-visible {
      outline: 2px solid var(--accent-text);
      outline-offset: -3px;
      box-shadow: none;
    }
    .panel {
      height: 216px;
      overflow-y: auto;
      padding: var(--space-3) var(--space-4);
      border-block-start: 1px solid var(--line);
      background: var(--paper-sunken);
    }
    .panel.tall {
      height: min(60dvh, 520px);
    }
    .turned .icon {
      transform: rotate(180deg);
    }
    .clean {
      display: flex;
      align-items: center;
      gap: var(--space-2);
      color: var(--good);
    }
  `];

  @state() private tab: Tab = "checks";
  @state() private size: Size = choices.read<Size>("dock") ?? (matchMedia("(max-width: 1039.98px)").matches ? "folded" : "half");
  @query("editor-try") private box!: TestBox | null;
  private readonly questions = new Map<string, Partial<Record<Language, string>>>();

  protected override observables(): readonly Observable[] {
    return [this.session.open, this.session.open.checks, this.session.pages];
  }

  /** Opens the test box and puts the cursor into it. */
  async try(): Promise<void> {
    this.show("try");
    await this.updateComplete;
    await this.box?.updateComplete;
    this.box?.focus();
  }

  override render(): TemplateResult {
    const { t, size } = this;
    const tabs = this.tabs;
    const tab = tabs.includes(this.tab) ? this.tab : "try";
    return html`
      <div class="bar"><div class="tabs" role="tablist" aria-label=${t("dock.label")} @keydown=${this.keyed}>
        ${tabs.map((name) => html`<button type="button" role="tab" id=${`tab-${name}`} data-testid=${`dock-${name}`} aria-controls="panel"
          aria-selected=${tab === name ? "true" : "false"} tabindex=${tab === name ? 0 : -1} @click=${() => this.show(name)}>
          ${t(`dock.${name}`)}${name === "checks" ? this.count() : nothing}</button>`)}
        </div>
        <button type="button" class="${size === "tall" ? "" : "turned"}" aria-label=${t(size === "tall" ? "dock.lower" : "dock.higher")}
          @click=${() => this.resize(size === "tall" ? "half" : size === "half" ? "tall" : "half")}>${icon("down")}</button>
        ${size === "folded"
          ? nothing
          : html`<button type="button" aria-label=${t("dock.fold")} @click=${() => this.resize("folded")}>${icon("close")}</button>`}
      </div>
      ${size === "folded"
        ? nothing
        : html`<div class="panel ${size}" id="panel" role="tabpanel" aria-labelledby=${`tab-${tab}`} tabindex="-1">${this.panel(tab)}</div>`}`;
  }

  private get tabs(): readonly Tab[] {
    const { state, item } = this.session.open;
    if (state !== "ready") return ["try"];
    return item === newItem ? ["checks", "preview", "try"] : ["checks", "preview", "try", "history"];
  }

  private panel(tab: Tab): TemplateResult {
    const { session, t, language } = this;
    switch (tab) {
      case "checks":
        return this.checks();
      case "preview":
        return html`<editor-preview .entry=${session.open.content} .t=${t}
          .questionOf=${(id: string, of: Language) => this.questionOf(id, of)}></editor-preview>`;
      case "try":
        return html`<editor-try .session=${session} .t=${t} .language=${language}></editor-try>`;
      case "history":
        return html`<editor-history .session=${session} .t=${t} .language=${language}></editor-history>`;
    }
  }

  private checks(): TemplateResult {
    const { t, language } = this;
    const { checks, content } = this.session.open;
    if (checks.state === "unreachable") return failure(t("checks.error"), t, () => checks.ask(content, 0));
    if (checks.state === "refused") return failure(checks.reason, t, null);
    if (checks.state === "idle") return html`<p class="quiet">${t("checks.idle")}</p>`;
    if (checks.state === "checking" && checks.findings.length === 0) return skeletons(t("checks.busy"), 2);
    return html`<div aria-live="polite">${checks.findings.length === 0
      ? html`<p class="clean" data-testid="no-findings">${icon("online")}${t("checks.clean")}</p>`
      : html`<editor-findings .findings=${checks.findings} .t=${t} .language=${language} reaches></editor-findings>`}</div>`;
  }

  private count(): TemplateResult | typeof nothing {
    const { findings, state } = this.session.open.checks;
    if (state === "checking") return html`<span class="mark" title=${this.t("checks.busy")}>…</span>`;
    if (findings.length === 0) return nothing;
    const worst = findings.some(({ severity }) => severity === "error") ? "error" : "warning";
    return html`<span class="mark ${worst} numbers">${findings.length}</span>`;
  }

  private questionOf(id: string, language: Language): string {
    const questions = this.session.pages.entries.find((entry) => entry.id === id)?.questions ?? this.questions.get(id);
    if (!questions) void this.lookUp(id);
    return questions?.[language] ?? questions?.[otherLanguage(language)] ?? id;
  }

  /** Reads the questions of an entry that the list has not come to, once. */
  private async lookUp(id: string): Promise<void> {
    if (this.questions.has(id)) return;
    this.questions.set(id, {});
    const found = (await this.session.find(id)).find((entry) => entry.id === id);
    if (!found) return;
    this.questions.set(id, found.questions);
    this.requestUpdate();
  }

  private show(tab: Tab): void {
    this.tab = tab;
    if (this.size === "folded") this.resize("half");
  }

  private resize(size: Size): void {
    this.size = size;
    choices.write("dock", size);
  }

  private keyed(event: KeyboardEvent): void {
    const step = event.key === "ArrowRight" ? 1 : event.key === "ArrowLeft" ? -1 : 0;
    if (step === 0) return;
    const { tabs } = this;
    const next = tabs[(tabs.indexOf(this.tab) + step + tabs.length) % tabs.length]!;
    this.show(next);
    void this.updateComplete.then(() => this.renderRoot.querySelector<HTMLElement>(`#tab-${next}`)?.focus());
  }
}
