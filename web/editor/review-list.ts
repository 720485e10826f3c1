import { css, html, nothing, type TemplateResult } from "lit";
import { state } from "lit/decorators.js";
import { repeat } from "lit/directives/repeat.js";
import { foundation } from "../shared/foundation.ts";
import type { Observable } from "../shared/observable.ts";
import { editorStyles } from "./editor-styles.ts";
import type { Waiting } from "./knowledge.ts";
import { failure, figure, moment, skeletons, titleOf } from "./marks.ts";
import { rowPixels, WindowedPart } from "./windowed-part.ts";

/** What waits for a reviewer, row by row or all at once to be picked. */
export class ReviewList extends WindowedPart {
  static override styles = [foundation, editorStyles, css`
    :host {
      display: flex;
      flex: 1;
      flex-direction: column;
      min-height: 0;
    }
    .all {
      display: flex;
      flex: none;
      align-items: center;
      gap: var(--space-2);
      padding: var(--space-2) var(--space-4);
      border-block-end: 1px solid var(--line);
    }
    .all .button {
      padding-inline: var(--space-2);
    }
    .all .label {
      white-space: nowrap;
    }
    .rows {
      flex: 1;
      min-height: 0;
      overflow-y: auto;
      overflow-anchor: none;
    }
    li {
      display: flex;
      align-items: stretch;
      height: ${rowPixels}px;
      border-block-end: 1px solid var(--line);
    }
    li label {
      display: grid;
      flex: none;
      place-items: center;
      width: 44px;
      cursor: pointer;
    }
    li button {
      display: grid;
      flex: 1;
      gap: 1px;
      min-width: 0;
      align-content: center;
      padding: 0 var(--space-3) 0 var(--space-1);
      border: 0;
      background: none;
      line-height: 1.5;
      text-align: start;
    }
    li button:focus-visible {
      outline: 2px solid var(--accent-text);
      outline-offset: -2px;
      box-shadow: none;
    }
    li.current {
      background: var(--accent-soft);
      box-shadow: inset 3px 0 var(--accent-text);
    }
    .question,
    .who {
      overflow: hidden;
      text-overflow: ellipsis;
      white-space: nowrap;
    }
    .foot {
      display: flex;
      align-items: center;
      gap: var(--space-1);
      min-width: 0;
    }
    .foot .mark {
      flex: none;
    }
    .who {
      min-width: 0;
    }
    .more {
      padding: var(--space-3) var(--space-4);
    }
  `];

  @state() private isPicking = false;

  protected override observables(): readonly Observable[] {
    return [this.session.reviews];
  }

  protected override ids(): readonly string[] {
    return this.session.reviews.entries.map(({ id }) => id);
  }

  protected override readOn(): void {
    const { reviews } = this.session;
    if (reviews.more === "idle") void reviews.loadMore();
  }

  override render(): TemplateResult {
    const { session, t } = this;
    const { reviews } = session;
    if (reviews.state === "loading") return skeletons(t("review.loading"), 4);
    if (reviews.state === "unreachable") return failure(t("app.unreachable"), t, () => void reviews.load());
    if (reviews.entries.length === 0 && !reviews.hasMore) return html`<p class="empty">${t("review.empty")}</p>`;
    return html`${session.mayReview ? this.all() : nothing}${this.list()}`;
  }

  private all(): TemplateResult {
    const { t } = this;
    const { reviews } = this.session;
    const isReading = reviews.more === "loading";
    return html`<div class="all" role="group" aria-label=${t("review.title")}>
      <button type="button" class="button" data-testid="pick-all" aria-disabled=${isReading || reviews.isAllPicked ? "true" : "false"}
        @click=${() => !isReading && void this.pickAll()}>${t(this.isPicking ? "list.more" : "review.pick.all")}</button>
      <button type="button" class="button bare" data-testid="pick-none" aria-disabled=${reviews.picked.size === 0 ? "true" : "false"}
        @click=${() => reviews.pickNone()}>${t("review.pick.none")}</button>
      <span class="label numbers" role="status" data-testid="chosen">${t("review.chosen", { count: figure(reviews.chosen.length) })}</span>
    </div>`;
  }

  /** Reads the whole queue first, which takes a while where it is long. */
  private async pickAll(): Promise<void> {
    this.isPicking = true;
    await this.session.reviews.pickAll();
    this.isPicking = false;
  }

  private list(): TemplateResult {
    const { t } = this;
    const { reviews } = this.session;
    const { from, to, room, stop } = this.inSight();
    return html`<div class="rows" @scroll=${this.scrolled}>
      <ul class="plain" style=${room} aria-label=${t("review.title")} @keydown=${this.keyed}>
        ${repeat(reviews.entries.slice(from, to), ({ id }) => id, (entry, at) => this.row(entry, from + at, entry.id === stop))}
      </ul>
      ${reviews.more === "error"
        ? failure(t("list.more.error"), t, () => void reviews.loadMore())
        : reviews.hasMore ? html`<p class="more quiet" role="status">${t("list.more")}</p>` : nothing}
    </div>`;
  }

  private row(entry: Waiting, at: number, isStop: boolean): TemplateResult {
    const { session, t, language } = this;
    const { reviews } = session;
    const refusal = reviews.isPublishable(entry) ? null : t(entry.own ? "review.refused.own" : "review.refused.errors");
    const isCurrent = session.route.item === entry.id;
    const found = reviews.findingsOf(entry);
    return html`<li class=${isCurrent ? "current" : ""} data-testid="review-row" data-id=${entry.id} aria-setsize=${reviews.total} aria-posinset=${at + 1}>
      ${session.mayReview
        ? html`<label title=${refusal ?? t("review.pick")}><input type="checkbox" data-testid="pick" data-id=${entry.id} tabindex=${isStop ? 0 : -1}
            aria-label=${t("review.pick.label", { id: entry.id })} .checked=${reviews.picked.has(entry.id) && refusal === null} ?disabled=${refusal !== null}
            @change=${(event: Event) => reviews.pick(entry.id, (event.target as HTMLInputElement).checked)} /></label>`
        : html`<span></span>`}
      <button type="button" data-id=${entry.id} tabindex=${isStop ? 0 : -1} aria-current=${isCurrent ? "true" : "false"} @click=${() => session.go({ item: entry.id })}>
        <span class="question">${titleOf(entry.questions, language, entry.id)}</span>
        <span class="foot">
          <span class="mark ${entry.live_revision ? "changed" : "new"}">${t(entry.live_revision ? "review.changed" : "review.new")}</span>
          ${entry.own ? html`<span class="mark">${t("review.own")}</span>` : nothing}
          ${reviews.hasErrors(entry)
            ? html`<span class="mark error">${t("review.errors")}</span>`
            : reviews.hasWarnings(entry) ? html`<span class="mark warning numbers">${t("review.warnings", { count: found?.length ?? 0 })}</span>` : nothing}
          <span class="label numbers who">${entry.author} · ${moment(entry.created_at)}</span>
        </span>
      </button>
    </li>`;
  }
}
