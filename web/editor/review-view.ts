import { css, html, nothing, type TemplateResult } from "lit";
import { foundation } from "../shared/foundation.ts";
import { icon } from "../shared/icons.ts";
import type { Observable } from "../shared/observable.ts";
import type { Language } from "../shared/protocol.ts";
import { EditorPart } from "./editor-part.ts";
import { editorStyles } from "./editor-styles.ts";
import type { Entry, InReview } from "./knowledge.ts";
import { failure, skeletons, titleOf } from "./marks.ts";
import { hasErrors, hasWarnings, isPublishable } from "./review-queue.ts";

/** What waits for a reviewer: the queue, the change that is looked at, and the publication of what was picked. */
export class ReviewView extends EditorPart {
  static override styles = [foundation, editorStyles, css`
    :host {
      display: grid;
      grid-template-columns: 320px minmax(0, 1fr);
      grid-template-rows: minmax(0, 1fr);
      height: 100%;
    }
    .queue {
      display: flex;
      flex-direction: column;
      min-height: 0;
      border-inline-end: 1px solid var(--line);
      background: var(--paper);
    }
    header {
      display: flex;
      flex: none;
      align-items: center;
      gap: var(--space-2);
      min-height: 48px;
      padding: 0 var(--space-4);
      border-block-end: 1px solid var(--line);
    }
    ul {
      flex: 1;
      min-height: 0;
      overflow-y: auto;
    }
    li {
      display: flex;
      align-items: stretch;
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
      gap: 2px;
      min-width: 0;
      min-height: 54px;
      align-content: center;
      padding: var(--space-1) var(--space-3) var(--space-1) var(--space-1);
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
    .question {
      overflow: hidden;
      text-overflow: ellipsis;
      white-space: nowrap;
    }
    .foot {
      display: flex;
      flex-wrap: wrap;
      align-items: center;
      gap: var(--space-1);
    }
    .publish {
      display: grid;
      flex: none;
      gap: var(--space-2);
      padding: var(--space-3) var(--space-4);
      border-block-start: 1px solid var(--line);
    }
    .work {
      min-height: 0;
      overflow-y: auto;
      background: var(--paper-sunken);
    }
    .banner {
      margin: var(--space-2) var(--space-3) 0;
    }
    @media (max-width: 1039.98px) {
      :host {
        grid-template-columns: minmax(0, 1fr);
      }
      .queue {
        border: 0;
      }
      :host([looking]) .queue,
      :host(:not([looking])) .work {
        display: none;
      }
    }
  `];

  protected override observables(): readonly Observable[] {
    return [this.session.reviews];
  }

  override willUpdate(): void {
    this.toggleAttribute("looking", this.session.route.item !== null || this.session.reviews.regression !== null);
  }

  override render(): TemplateResult {
    const { session, t } = this;
    const { reviews } = session;
    return html`
      <section class="queue" aria-label=${t("review.title")}>
        <header><h2>${t("review.title")}</h2>
          ${reviews.state === "ready" ? html`<span class="label numbers" data-testid="review-total">${reviews.entries.length}</span>` : nothing}</header>
        ${reviews.published === null
          ? nothing
          : html`<p class="banner good" role="status" data-testid="published">${icon("online")}<span>${t("review.published", { number: reviews.published })}</span></p>`}
        ${reviews.state === "loading" ? skeletons(t("review.loading"), 4) : nothing}
        ${reviews.state === "unreachable" ? failure(t("app.unreachable"), t, () => void reviews.load()) : nothing}
        ${reviews.state === "ready"
          ? reviews.entries.length === 0
            ? html`<p class="empty">${t("review.empty")}</p>`
            : html`<ul class="plain">${reviews.entries.map((item) => this.row(item))}</ul>`
          : nothing}
        ${session.mayReview && reviews.entries.length > 0 ? this.publication() : nothing}
      </section>
      <section class="work">
        ${reviews.regression
          ? html`<editor-regression .regression=${reviews.regression} .t=${t} .close=${() => reviews.forgetRegression()}></editor-regression>`
          : nothing}
        ${this.work()}</section>`;
  }

  private row(item: InReview): TemplateResult {
    const { session, t, language } = this;
    const { entry, own, live, findings } = item;
    const { reviews } = session;
    const refusal = this.refusalOf(item);
    return html`<li class=${session.route.item === entry.id ? "current" : ""} data-testid="review-row" data-id=${entry.id}>
      ${session.mayReview
        ? html`<label title=${refusal ?? t("review.pick")}><input type="checkbox" data-testid="pick" aria-label=${t("review.pick.label", { id: entry.id })}
            .checked=${reviews.picked.has(entry.id) && refusal === null} ?disabled=${refusal !== null}
            @change=${(event: Event) => reviews.pick(entry.id, (event.target as HTMLInputElement).checked)} /></label>`
        : html`<span></span>`}
      <button type="button" aria-current=${session.route.item === entry.id ? "true" : "false"} @click=${() => session.go({ item: entry.id })}>
        <span class="question">${titleOf(questionsOf(entry.content), language, entry.id)}</span>
        <span class="foot">
          <span class="mark ${live ? "changed" : "new"}">${t(live ? "review.changed" : "review.new")}</span>
          ${own ? html`<span class="mark">${t("review.own")}</span>` : nothing}
          ${hasErrors(item)
            ? html`<span class="mark error">${t("review.errors")}</span>`
            : hasWarnings(item) ? html`<span class="mark warning numbers">${t("review.warnings", { count: findings.length })}</span>` : nothing}
          <span class="label">${entry.author}</span>
        </span>
      </button>
    </li>`;
  }

  private publication(): TemplateResult {
    const { t } = this;
    const { reviews } = this.session;
    const { chosen, unexplained } = reviews;
    const ready = chosen.length > 0 && unexplained.length === 0 && !reviews.busy;
    return html`<div class="publish">
      ${unexplained.length > 0
        ? html`<p class="label" role="status" data-testid="unexplained">${t("review.unexplained")}
            ${unexplained.map(({ entry }) => html` <a class="code" href=${`#/review/${encodeURIComponent(entry.id)}`}>${entry.id}</a>`)}</p>`
        : nothing}
      <button type="button" class="button" data-testid="rehearse" aria-disabled=${chosen.length > 0 && reviews.regression !== "asking" ? "false" : "true"}
        @click=${() => void reviews.rehearse()}>${t(reviews.regression === "asking" ? "review.rehearsing" : "review.rehearse")}</button>
      <button type="button" class="button main" data-testid="publish" aria-disabled=${ready ? "false" : "true"} @click=${() => ready && void this.publish()}>
        ${t("review.publish", { count: chosen.length })}</button>
    </div>`;
  }

  private work(): TemplateResult {
    const { session, t, language } = this;
    const item = session.reviews.entries.find(({ entry }) => entry.id === session.route.item);
    if (session.route.item === null) return html`<p class="empty">${session.reviews.regression || session.reviews.entries.length === 0 ? nothing : t("review.none")}</p>`;
    if (!item) {
      return session.reviews.state === "loading" ? skeletons(t("review.loading"), 4) : html`<div class="empty"><p>${t("review.gone")}</p>
        <button type="button" class="button" @click=${() => session.go({ item: null })}>${t("review.back")}</button></div>`;
    }
    return html`<editor-review-entry .session=${session} .item=${item} .refusal=${this.refusalOf(item)} .ask=${this.ask} .t=${t} .language=${language}></editor-review-entry>`;
  }

  private refusalOf(item: InReview): string | null {
    if (isPublishable(item)) return null;
    return this.t(item.own ? "review.refused.own" : "review.refused.errors");
  }

  /** The check questions are asked while the comment is written: what they say is seen in time, and publishing is quick. */
  private async publish(): Promise<void> {
    const { session, t } = this;
    if (session.reviews.regression === null) void session.reviews.rehearse();
    const comment = await this.ask({
      title: t("publish.title"), about: t("publish.about", { count: session.reviews.chosen.length }), confirm: t("publish.yes"),
      comment: { label: t("publish.comment"), required: true },
    });
    if (comment !== null && (await session.reviews.publish(comment))) {
      session.go({ item: null });
      void session.pages.refresh();
    }
  }
}

export function questionsOf({ variants }: Entry): Partial<Record<Language, string>> {
  return Object.fromEntries(Object.entries(variants).map(([language, { question }]) => [language, question]));
}
