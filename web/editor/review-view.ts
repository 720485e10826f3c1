import { css, html, nothing, type TemplateResult } from "lit";
import { foundation } from "../shared/foundation.ts";
import { icon } from "../shared/icons.ts";
import type { Observable } from "../shared/observable.ts";
import { EditorPart } from "./editor-part.ts";
import { editorStyles } from "./editor-styles.ts";
import type { InReview } from "./knowledge.ts";
import { failure, figure, skeletons } from "./marks.ts";
import type { ReviewQueue } from "./review-queue.ts";

const namedAtMost = 5;

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

  private shown: ReviewQueue["regression"] = null;

  protected override observables(): readonly Observable[] {
    return [this.session.reviews];
  }

  override updated(): void {
    const { regression } = this.session.reviews;
    if (regression !== null && this.shown === null) this.renderRoot.querySelector(".work")!.scrollTop = 0;
    this.shown = regression;
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
          ${reviews.state === "ready" ? html`<span class="label numbers" data-testid="review-total">${figure(reviews.total)}</span>` : nothing}</header>
        ${reviews.published === null
          ? nothing
          : html`<p class="banner good" role="status" data-testid="published">${icon("online")}<span>${t("review.published", { number: reviews.published })}</span></p>`}
        <editor-review-list .session=${session} .t=${t} .language=${this.language}></editor-review-list>
        ${session.mayReview && reviews.entries.length > 0 ? this.publication() : nothing}
      </section>
      <section class="work">
        ${reviews.regression
          ? html`<editor-regression .regression=${reviews.regression} .t=${t} .close=${() => reviews.forgetRegression()}></editor-regression>`
          : nothing}
        ${this.work()}</section>`;
  }

  private publication(): TemplateResult {
    const { t } = this;
    const { reviews } = this.session;
    const { chosen, unexplained, unexamined } = reviews;
    const ready = chosen.length > 0 && unexplained.length === 0 && !reviews.busy;
    return html`<div class="publish">
      ${unexplained.length > 0
        ? html`<p class="label" role="status" data-testid="unexplained">${t("review.unexplained")}
            ${unexplained.slice(0, namedAtMost).map(({ id }) => html` <a class="code" href=${`#/review/${encodeURIComponent(id)}`}>${id}</a>`)}
            ${unexplained.length > namedAtMost ? t("review.unexplained.more", { count: figure(unexplained.length - namedAtMost) }) : nothing}</p>`
        : nothing}
      ${unexamined > 0 ? html`<p class="label" data-testid="unexamined">${t("review.unexamined", { count: figure(unexamined) })}</p>` : nothing}
      ${chosen.length > 1
        ? html`<label class="field"><span class="label">${t("review.reason.all")}</span>
            <textarea rows="2" maxlength="2000" data-testid="reason-all" .value=${reviews.commonReason}
              @input=${(event: Event) => reviews.explainAll((event.target as HTMLTextAreaElement).value)}></textarea></label>`
        : nothing}
      <button type="button" class="button" data-testid="rehearse" aria-disabled=${chosen.length > 0 && reviews.regression !== "asking" ? "false" : "true"}
        @click=${() => void reviews.rehearse()}>${t(reviews.regression === "asking" ? "review.rehearsing" : "review.rehearse")}</button>
      <button type="button" class="button main" data-testid="publish" aria-disabled=${ready ? "false" : "true"} @click=${() => ready && void this.publish()}>
        ${t("review.publish", { count: figure(chosen.length) })}</button>
    </div>`;
  }

  private work(): TemplateResult {
    const { session, t, language } = this;
    const { reviews } = session;
    const { item: id } = session.route;
    if (id === null) return html`<p class="empty">${reviews.regression || reviews.total === 0 ? nothing : t("review.none")}</p>`;
    const item = reviews.lookedAt(id);
    if (item === "loading") return skeletons(t("review.loading"), 4);
    if (item === "unreachable") return failure(t("app.unreachable"), t, () => void reviews.look(id));
    if (item === "gone") {
      return html`<div class="empty"><p>${t("review.gone")}</p>
        <button type="button" class="button" @click=${() => session.go({ item: null })}>${t("review.back")}</button></div>`;
    }
    return html`<editor-review-entry .session=${session} .item=${item} .refusal=${this.refusalOf(item)} .ask=${this.ask} .t=${t} .language=${language}></editor-review-entry>`;
  }

  private refusalOf({ entry, own }: InReview): string | null {
    if (this.session.reviews.isPublishable({ id: entry.id, revision: entry.revision, own })) return null;
    return this.t(own ? "review.refused.own" : "review.refused.errors");
  }

  /** The check questions are asked while the comment is written: what they say is seen in time, and publishing is quick. */
  private async publish(): Promise<void> {
    const { session, t } = this;
    if (session.reviews.regression === null) void session.reviews.rehearse();
    const comment = await this.ask({
      title: t("publish.title"), about: t("publish.about", { count: figure(session.reviews.chosen.length) }), confirm: t("publish.yes"),
      comment: { label: t("publish.comment"), required: true },
    });
    if (comment !== null && (await session.reviews.publish(comment))) {
      session.go({ item: null });
      void session.pages.refresh();
    }
  }
}
