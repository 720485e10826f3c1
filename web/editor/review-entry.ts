import { css, html, nothing, type TemplateResult } from "lit";
import { property } from "lit/decorators.js";
import { foundation } from "../shared/foundation.ts";
import { icon } from "../shared/icons.ts";
import type { Observable } from "../shared/observable.ts";
import { EditorPart } from "./editor-part.ts";
import { editorStyles } from "./editor-styles.ts";
import { diffStyles, entryDiff } from "./entry-diff.ts";
import type { Language } from "../shared/protocol.ts";
import type { Entry, Finding, InReview } from "./knowledge.ts";
import { failure, moment, skeletons, titleOf } from "./marks.ts";

/** One change that waits for a reviewer: what differs from what is live, the findings, and what was said about it. */
export class ReviewEntry extends EditorPart {
  static override styles = [foundation, editorStyles, diffStyles, css`
    :host {
      display: grid;
      gap: var(--space-4);
      padding: 0 var(--space-4) var(--space-6);
    }
    header {
      position: sticky;
      top: 0;
      display: flex;
      flex-wrap: wrap;
      align-items: center;
      gap: var(--space-1) var(--space-2);
      min-height: 48px;
      margin-inline: calc(-1 * var(--space-4));
      padding: 6px var(--space-4);
      border-block-end: 1px solid var(--line);
      background: var(--paper);
    }
    .name {
      flex: 1 1 160px;
      min-width: 0;
    }
    .back {
      display: none;
    }
    h3 {
      margin-block-end: var(--space-2);
    }
    .reason {
      margin-block-start: var(--space-2);
    }
    @media (max-width: 1039.98px) {
      .back {
        display: inline-flex;
      }
    }
    @media (max-width: 640px) {
      header {
        position: static;
      }
    }
  `];

  @property({ attribute: false }) item!: InReview;
  @property({ attribute: false }) refusal: string | null = null;

  protected override observables(): readonly Observable[] {
    return [this.session.reviews];
  }

  override render(): TemplateResult {
    const { session, t, language, item } = this;
    const { entry, live } = item;
    return html`
      <header>
        <button type="button" class="button bare square back" aria-label=${t("review.back")} @click=${() => session.go({ item: null })}>${icon("back")}</button>
        <div class="name"><h2>${titleOf(questionsOf(entry.content), language, entry.id)}</h2>
          <span class="label numbers"><span class="code">${entry.id}</span> · ${t("revision.number", { number: entry.revision })} · ${entry.author} · ${moment(entry.created_at)}</span></div>
        <div class="actions">
          <button type="button" class="button" data-testid="open-entry" @click=${() => session.go({ view: "entries", item: entry.id })}>${t("review.open")}</button>
          ${session.mayReview || item.own
            ? html`<button type="button" class="button" data-testid="return" @click=${() => void this.giveBack()}>${t(item.own ? "entry.take_back" : "review.return")}</button>`
            : nothing}
          ${session.mayReview && this.isPublishable ? this.pickButton() : nothing}
        </div>
      </header>
      ${session.mayReview && this.refusal ? html`<p class="banner warning" data-testid="refusal">${icon("lock")}<span>${this.refusal}</span></p>` : nothing}
      <section><h3>${t("review.diff")}</h3>
        ${entryDiff(live, entry.content, [t(live ? "review.live" : "review.not_live"), t("review.proposed")], t)}</section>
      <section><h3>${t("review.findings")}</h3>${this.findings()}</section>
      <section><h3>${t("comments.title")}</h3>${this.comments()}</section>`;
  }

  private get isPublishable(): boolean {
    const { item, session } = this;
    return session.reviews.isPublishable({ id: item.entry.id, revision: item.entry.revision, own: item.own });
  }

  private pickButton(): TemplateResult {
    const { t, item } = this;
    const { reviews } = this.session;
    const picked = reviews.picked.has(item.entry.id);
    return html`<button type="button" class="button ${picked ? "" : "main"}" data-testid="approve" aria-pressed=${picked ? "true" : "false"}
      @click=${() => reviews.pick(item.entry.id, !picked)}>${picked ? html`${icon("online")}${t("review.approved")}` : t("review.approve")}</button>`;
  }

  private findings(): TemplateResult {
    const { t, language, item, session } = this;
    if (this.found.length === 0) return html`<p class="quiet">${t("checks.clean")}</p>`;
    const { id } = item.entry;
    return html`<editor-findings .findings=${this.found} .t=${t} .language=${language}></editor-findings>
      ${session.mayReview && this.isPublishable && session.reviews.hasWarnings(item.entry)
        ? html`<label class="field reason"><span class="label">${t("review.reason")}</span>
            <textarea rows="2" maxlength="2000" data-testid="reason" .value=${session.reviews.reasonFor(id)}
              @input=${(event: Event) => session.reviews.explain(id, (event.target as HTMLTextAreaElement).value)}></textarea></label>`
        : nothing}`;
  }

  private comments(): TemplateResult {
    const { t, item } = this;
    const { reviews } = this.session;
    const { id } = item.entry;
    if (reviews.comments === "loading") return skeletons(t("comments.loading"), 1);
    if (reviews.comments === "unreachable") return failure(t("app.unreachable"), t, () => void reviews.loadComments(id));
    return html`<editor-comments .comments=${reviews.comments} .say=${(text: string) => reviews.say(id, text)} .t=${t}></editor-comments>`;
  }

  /** As they were found last, by a publication that they stood in the way of if need be. */
  private get found(): readonly Finding[] {
    return this.session.reviews.findingsOf(this.item.entry) ?? this.item.findings;
  }

  private async giveBack(): Promise<void> {
    const { session, t, item } = this;
    const comment = await this.ask(item.own
      ? { title: t("take_back.title"), about: t("take_back.about"), confirm: t("take_back.yes"), comment: { label: t("take_back.comment"), required: false } }
      : { title: t("return.title"), about: t("return.about", { author: item.entry.author }), confirm: t("return.yes"), comment: { label: t("return.comment"), required: true } });
    if (comment !== null && (await session.reviews.giveBack(item.entry, comment))) {
      session.go({ item: null });
      void session.pages.refresh();
    }
  }
}

function questionsOf({ variants }: Entry): Partial<Record<Language, string>> {
  return Object.fromEntries(Object.entries(variants).map(([language, { question }]) => [language, question]));
}
