import { css, html, nothing, type TemplateResult } from "lit";
import { query, state } from "lit/decorators.js";
import { foundation } from "../shared/foundation.ts";
import { icon } from "../shared/icons.ts";
import type { Observable } from "../shared/observable.ts";
import { EditorPart } from "./editor-part.ts";
import { editorStyles } from "./editor-styles.ts";
import { gaps, statuses, validities, type Count } from "./knowledge.ts";
import { figure, scenarioName } from "./marks.ts";
import type { Filters } from "./route.ts";

const pauseMilliseconds = 250;
const hasKeys = matchMedia("(pointer: fine)").matches;

/** What the list is narrowed by: a text, a status, a gap, a validity, a scenario, each with how many entries it leaves. */
export class FilterPane extends EditorPart {
  static override styles = [foundation, editorStyles, css`
    :host {
      display: flex;
      flex-direction: column;
      min-height: 0;
      background: var(--paper-sunken);
    }
    .search {
      display: flex;
      gap: var(--space-2);
      padding: var(--space-3) var(--space-3) var(--space-2);
    }
    .groups {
      display: grid;
      grid-template-columns: minmax(0, 1fr);
      align-content: start;
      gap: var(--space-3);
      overflow-y: auto;
      padding: 0 var(--space-2) var(--space-3);
    }
    h2 {
      padding: 0 var(--space-2) 2px;
      color: var(--ink-quiet);
      font-size: var(--text-xs);
      font-weight: 400;
    }
    li button {
      display: flex;
      align-items: center;
      gap: var(--space-2);
      width: 100%;
      min-height: 28px;
      padding: 0 var(--space-2);
      border: 0;
      border-radius: var(--radius-small);
      background: none;
      text-align: start;
    }
    li button:hover {
      background: var(--line);
    }
    li button[aria-pressed="true"] {
      background: var(--accent-soft);
      color: var(--accent-text);
      font-weight: var(--weight-strong);
    }
    li button > span:first-child {
      flex: 1;
      overflow: hidden;
      text-overflow: ellipsis;
      white-space: nowrap;
    }
    .toggle {
      display: none;
    }
    @media (pointer: coarse) {
      li button {
        min-height: var(--target);
      }
    }
    @media (max-width: 1039.98px) {
      .toggle {
        display: inline-flex;
        flex: none;
      }
      .groups.folded {
        display: none;
      }
      .groups {
        max-height: 60dvh;
      }
    }
  `];

  @state() private expanded = false;
  @query("#search") private search!: HTMLInputElement;
  private timer: ReturnType<typeof setTimeout> | undefined;

  protected override observables(): readonly Observable[] {
    return [this.session.pages];
  }

  override focus(): void {
    this.search.focus();
    this.search.select();
  }

  override render(): TemplateResult {
    const { session, t } = this;
    const { counts } = session.pages;
    const { filters } = session.route;
    const chosen = [filters.status, filters.gap, filters.validity, filters.scenario].filter(Boolean).length;
    return html`
      <div class="search" role="search">
        <input id="search" type="search" maxlength="200" data-testid="search" aria-label=${t("filters.search")} placeholder=${t(hasKeys ? "filters.search.hint" : "filters.search")}
          autocomplete="off" spellcheck="false" .value=${filters.text} @input=${this.typed} @keydown=${this.keyed} />
        <button type="button" class="button toggle" aria-expanded=${this.expanded ? "true" : "false"} data-testid="filters-toggle"
          @click=${() => (this.expanded = !this.expanded)}>${icon("filter")}${t("filters.title")}
          ${chosen > 0 ? html`<span class="mark numbers">${chosen}</span>` : nothing}</button>
      </div>
      <div class="groups ${this.expanded ? "" : "folded"}">
        ${this.group("status", counts ? complete(counts.statuses, statuses) : null, (id) => t(`status.${id}`))}
        ${this.group("gap", counts ? complete(counts.gaps, gaps) : null, (id) => t(`gap.${id}`))}
        ${this.group("validity", counts ? complete(counts.validities, validities) : null, (id) => t(`validity.${id}`))}
        ${this.group("scenario", counts?.scenarios ?? null, (id) => scenarioName(id, t))}
      </div>`;
  }

  private group(name: Exclude<keyof Filters, "text">, counts: readonly Count[] | null, label: (id: string) => string): TemplateResult {
    const { t } = this;
    const chosen = this.session.route.filters[name];
    const rows = counts && chosen && !counts.some(({ id }) => id === chosen) ? [...counts, { id: chosen, count: 0 }] : counts;
    return html`<section aria-label=${t(`filters.${name}`)}>
      <h2>${t(`filters.${name}`)}</h2>
      ${rows === null
        ? html`<div class="skeletons" aria-hidden="true"><div class="skeleton"></div></div>`
        : html`<ul class="plain">${rows.map(({ id, count }) => html`<li>
            <button type="button" data-testid=${`filter-${name}`} data-id=${id} aria-pressed=${chosen === id ? "true" : "false"}
              @click=${() => this.session.filter({ [name]: chosen === id ? "" : id })}>
              <span title=${id}>${label(id)}</span><span class="label numbers">${figure(count)}</span></button></li>`)}</ul>`}
    </section>`;
  }

  private typed(): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.apply(), pauseMilliseconds);
  }

  private keyed(event: KeyboardEvent): void {
    if (event.isComposing) return;
    if (event.key === "Escape" && this.search.value === "") this.search.blur();
    if (event.key === "Enter") this.apply();
  }

  private apply(): void {
    clearTimeout(this.timer);
    const text = this.search.value.trim();
    if (text !== this.session.route.filters.text) this.session.filter({ text }, true);
  }
}

/** Every value in its own order, with nought where nothing matches. */
function complete(counts: readonly Count[], ids: readonly string[]): Count[] {
  return ids.map((id) => ({ id, count: counts.find((count) => count.id === id)?.count ?? 0 }));
}
