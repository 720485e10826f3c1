import { css, html, nothing, type PropertyValues, type TemplateResult } from "lit";
import { repeat } from "lit/directives/repeat.js";
import { foundation } from "../shared/foundation.ts";
import { langAttribute, otherLanguage } from "../shared/i18n.ts";
import { icon } from "../shared/icons.ts";
import type { Observable } from "../shared/observable.ts";
import { editorStyles } from "./editor-styles.ts";
import { validity } from "./entry-content.ts";
import type { EntrySummary } from "./knowledge.ts";
import { failure, figure, gapMarks, skeletons, statusMark, titleOf } from "./marks.ts";
import { newItem, noFilters, type Filters } from "./route.ts";
import { rowPixels, WindowedPart } from "./windowed-part.ts";

/** The entries that match. */
export class ListPane extends WindowedPart {
  static override styles = [foundation, editorStyles, css`
    :host {
      display: flex;
      flex-direction: column;
      min-height: 0;
      background: var(--paper);
    }
    header {
      display: flex;
      flex: none;
      align-items: center;
      gap: var(--space-2);
      min-height: 48px;
      padding: 0 var(--space-2) 0 var(--space-4);
      border-block-end: 1px solid var(--line);
    }
    header h2 {
      flex: 1;
    }
    .rows {
      flex: 1;
      min-height: 0;
      overflow-y: auto;
      overflow-anchor: none;
    }
    li {
      height: ${rowPixels}px;
      border-block-end: 1px solid var(--line);
    }
    li button {
      display: grid;
      align-content: center;
      gap: 1px;
      width: 100%;
      height: 100%;
      padding: 0 var(--space-3) 0 var(--space-4);
      border: 0;
      background: none;
      line-height: 1.5;
      text-align: start;
    }
    li button:hover {
      background: var(--paper-sunken);
    }
    li button:focus-visible {
      outline: 2px solid var(--accent-text);
      outline-offset: -2px;
      box-shadow: none;
    }
    li button[aria-current="true"] {
      background: var(--accent-soft);
      box-shadow: inset 3px 0 var(--accent-text);
    }
    .question,
    .other {
      overflow: hidden;
      text-overflow: ellipsis;
      white-space: nowrap;
    }
    .foot {
      display: flex;
      align-items: center;
      gap: var(--space-1);
      min-width: 0;
      color: var(--ink-quiet);
      font-size: var(--text-xs);
    }
    .other {
      flex: 1;
    }
    .more {
      padding: var(--space-3) var(--space-4);
    }
  `];

  private filtered: Filters | null = null;
  private unsaved: ReadonlySet<string> = new Set();

  protected override observables(): readonly Observable[] {
    return [this.session.pages, this.session.open];
  }

  protected override ids(): readonly string[] {
    return this.session.pages.entries.map(({ id }) => id);
  }

  protected override readOn(): void {
    const { pages } = this.session;
    if (pages.more === "idle") void pages.loadMore();
  }

  override render(): TemplateResult {
    const { session, t } = this;
    const { pages } = session;
    return html`
      <header>
        <h2>${t("list.title")} ${pages.state === "ready" ? html`<span class="label numbers" role="status" data-testid="total">${figure(pages.total)}</span>` : nothing}</h2>
        ${session.mayEdit
          ? html`<button type="button" class="button" data-testid="new-entry" @click=${() => session.go({ item: newItem })}>
              ${icon("plus")}${t("list.new")}</button>`
          : nothing}
      </header>
      ${pages.state === "loading" ? skeletons(t("list.loading"), 8) : nothing}
      ${pages.state === "unreachable" ? failure(`${t("list.error")}\n${t("app.unreachable")}`, t, () => void pages.load(session.route.filters)) : nothing}
      ${pages.state === "refused" ? failure(`${t("list.error")}\n${pages.reason}`, t, () => void pages.load(session.route.filters)) : nothing}
      ${pages.state === "ready" ? (pages.entries.length === 0 ? this.empty() : this.list()) : nothing}`;
  }

  override willUpdate(): void {
    this.unsaved = new Set(this.session.drafts.items);
  }

  override updated(changed: PropertyValues): void {
    const { rows, session } = this;
    if (rows && session.route.filters !== this.filtered) {
      this.filtered = session.route.filters;
      rows.scrollTop = 0;
    }
    super.updated(changed);
  }

  private list(): TemplateResult {
    const { pages } = this.session;
    const { from, to, room, stop } = this.inSight();
    return html`<div class="rows" @scroll=${this.scrolled}>
      <ul class="plain" style=${room} aria-label=${this.t("list.title")} @keydown=${this.keyed}>
        ${repeat(pages.entries.slice(from, to), ({ id }) => id, (entry, at) => this.row(entry, from + at, entry.id === stop))}
      </ul>
      ${pages.more === "error"
        ? failure(this.t("list.more.error"), this.t, () => void pages.loadMore())
        : pages.hasMore
          ? html`<p class="more quiet" role="status">${this.t("list.more")}</p>`
          : nothing}
    </div>`;
  }

  private row(entry: EntrySummary, at: number, isStop: boolean): TemplateResult {
    const { session, t, language } = this;
    const other = entry.questions[language] ? entry.questions[otherLanguage(language)] : undefined;
    return html`<li aria-setsize=${session.pages.total} aria-posinset=${at + 1}>
      <button type="button" data-testid="entry-row" data-id=${entry.id} tabindex=${isStop ? 0 : -1} aria-current=${session.route.item === entry.id ? "true" : "false"}
        @click=${() => session.go({ item: entry.id })}>
        <span class="question">${titleOf(entry.questions, language, entry.id)}</span>
        <span class="foot">
          ${statusMark(entry.status, t)}
          ${this.unsaved.has(entry.id) ? html`<span class="mark unsaved">${t("list.unsaved")}</span>` : nothing}
          ${this.validityMark(entry)}
          ${gapMarks(entry.gaps, t)}
          <span class="other" lang=${langAttribute(otherLanguage(language))}>${other ?? entry.id}</span>
        </span>
      </button>
    </li>`;
  }

  private validityMark(entry: EntrySummary): TemplateResult | typeof nothing {
    const { calendar } = this.session.pages;
    const found = calendar && validity(entry, calendar);
    if (!found) return nothing;
    const day = found === "scheduled" ? entry.valid_from : entry.valid_to;
    return html`<span class="mark ${found === "expired" ? "error" : "gap"}" title=${this.t(`validity.about.${found}`, { day: day ?? "" })}
      data-testid="validity">${this.t(`validity.${found}`)}</span>`;
  }

  private empty(): TemplateResult {
    const { session, t } = this;
    const filtered = Object.values(session.route.filters).some(Boolean);
    return html`<div class="empty">
      <p>${t(filtered ? "list.none" : "list.empty")}</p>
      ${filtered
        ? html`<button type="button" class="button" @click=${() => session.filter(noFilters)}>${t("list.clear")}</button>`
        : nothing}
    </div>`;
  }
}
