import { css, html, nothing, type TemplateResult } from "lit";
import { query } from "lit/decorators.js";
import { isSendKey } from "../shared/composing.ts";
import { foundation } from "../shared/foundation.ts";
import type { Observable } from "../shared/observable.ts";
import { EditorPart } from "./editor-part.ts";
import { editorStyles } from "./editor-styles.ts";
import type { Candidate, Trial } from "./knowledge.ts";
import { failure, skeletons } from "./marks.ts";

/** A question tried on what is live and on the drafts, beside each other. */
export class TestBox extends EditorPart {
  static override styles = [foundation, editorStyles, css`
    :host {
      display: grid;
      gap: var(--space-2);
    }
    form {
      display: flex;
      gap: var(--space-2);
    }
    .sides {
      display: grid;
      grid-template-columns: repeat(auto-fit, minmax(260px, 1fr));
      gap: var(--space-4);
    }
    h3 {
      display: flex;
      flex-wrap: wrap;
      align-items: center;
      gap: var(--space-2);
      margin-block-end: var(--space-1);
    }
    ol {
      display: grid;
      gap: var(--space-1);
    }
    li {
      display: grid;
      grid-template-columns: minmax(0, 1fr) auto;
      gap: 0 var(--space-2);
    }
    li.open {
      color: var(--accent-text);
      font-weight: var(--weight-strong);
    }
    .name {
      overflow: hidden;
      text-overflow: ellipsis;
      white-space: nowrap;
    }
    .bar {
      position: relative;
      grid-column: 1 / -1;
      height: 6px;
      border-radius: var(--radius-round);
      background: var(--line);
    }
    .bar .sure {
      height: 100%;
      border-radius: var(--radius-round);
      background: var(--accent);
    }
    .bar .limit {
      position: absolute;
      top: -2px;
      width: 2px;
      height: 10px;
      background: var(--ink-quiet);
    }
    .limits {
      margin-block-end: var(--space-2);
    }
    .parts {
      display: flex;
      flex-wrap: wrap;
      grid-column: 1 / -1;
      gap: 0 var(--space-3);
      color: var(--ink-quiet);
      font-size: var(--text-xs);
      font-weight: 400;
    }
  `];

  @query("input") private box!: HTMLInputElement;

  protected override observables(): readonly Observable[] {
    return [this.session.bench];
  }

  override focus(): void {
    this.box.focus();
    this.box.select();
  }

  override render(): TemplateResult {
    const { t, session } = this;
    const { bench } = session;
    return html`
      <form role="search" @submit=${(event: Event) => event.preventDefault()}>
        <input data-testid="try-text" maxlength="2000" aria-label=${t("try.label")} placeholder=${t("try.hint")} autocomplete="off" .value=${bench.text}
          @input=${() => bench.write(this.box.value)} @keydown=${(event: KeyboardEvent) => isSendKey(event) && !event.ctrlKey && !event.metaKey && void bench.ask()} />
        <button type="button" class="button" data-testid="try" aria-disabled=${bench.state === "asking" ? "true" : "false"} @click=${() => void bench.ask()}>${t("try.ask")}</button>
      </form>
      ${this.result()}`;
  }

  private result(): TemplateResult {
    const { t } = this;
    const { bench } = this.session;
    if (bench.state === "idle") return html`<p class="quiet">${t("try.empty")}</p>`;
    if (bench.state === "unreachable") return failure(t("app.unreachable"), t, () => void bench.ask());
    if (bench.state === "refused") return failure(bench.reason, t, () => void bench.ask());
    if (!bench.trials) return skeletons(t("try.busy"), 2);
    const { live, draft } = bench.trials;
    return html`<div class="sides" aria-live="polite" aria-busy=${bench.state === "asking" ? "true" : "false"}>
      ${this.side("live", live)}${this.side("draft", draft)}</div>`;
  }

  private side(name: "live" | "draft", trial: Trial | null): TemplateResult {
    const { t } = this;
    return html`<section data-testid=${`trial-${name}`}>
      <h3>${t(`try.${name}`)}
        ${trial?.release_id ? html`<span class="label numbers">${t("try.release", { number: trial.release_id })}</span>` : nothing}
        ${trial ? html`<span class="mark ${trial.outcome}" data-testid="outcome">${t(`outcome.${trial.outcome}`)}</span>` : nothing}</h3>
      ${trial === null
        ? html`<p class="quiet">${t(`try.${name}.none`)}</p>`
        : trial.candidates.length === 0
          ? html`<p class="quiet">${t("try.none")}</p>`
          : html`<p class="parts numbers" data-testid="question-parts" role="group" aria-label=${t("try.question")}>${this.parts(trial.question)}</p>
            <p class="label limits numbers">${t("try.limits", { clarify: percent(trial.clarify_from), answer: percent(trial.answer_from) })}</p>
            <ol class="plain">${trial.candidates.map((candidate) => this.candidate(candidate, trial))}</ol>`}
    </section>`;
  }

  private candidate({ entry_id: id, question, confidence, parts }: Candidate, trial: Trial): TemplateResult {
    const { t } = this;
    return html`<li class=${id === this.session.open.item ? "open" : ""}>
      <span class="name" title=${id}>${question}</span>
      <span class="numbers">${t("try.sure", { percent: percent(confidence) })}</span>
      <span class="bar" aria-hidden="true">
        <span class="sure" style=${`display:block;width:${percent(confidence)}%`}></span>
        <span class="limit" style=${`left:${trial.clarify_from * 100}%`}></span>
        <span class="limit" style=${`left:${trial.answer_from * 100}%`}></span>
      </span>
      <span class="parts numbers">${this.parts(parts)}</span>
    </li>`;
  }

  private parts(parts: Record<string, number>): TemplateResult[] {
    return Object.entries(parts).map(([part, value]) => html`<span title=${this.t(`part.about.${part}`)}>${this.partName(part)} ${value.toFixed(part === "agreement" ? 0 : 2)}</span>`);
  }

  private partName(part: string): string {
    const name = this.t(`part.${part}`);
    return name.startsWith("part.") ? part : name;
  }
}

function percent(share: number): number {
  return Math.round(share * 100);
}
