import { css, html, nothing, type TemplateResult } from "lit";
import { foundation } from "../shared/foundation.ts";
import { icon } from "../shared/icons.ts";
import type { AskedRating } from "../shared/protocol.ts";
import { SessionPart } from "./session-part.ts";

const scores = [1, 2, 3, 4, 5];
const longestComment = 1000;

/** After the end: one tap from 1 to 5, for the bot and for the person apart, and a word if the customer likes. */
export class RatingCard extends SessionPart {
  static override styles = [foundation, css`
    :host {
      flex: none;
      max-height: 60%;
      overflow-y: auto;
      background: var(--paper);
      border-block-start: 1px solid var(--line);
    }
    section {
      display: grid;
      gap: var(--space-2);
      padding: var(--space-3);
    }
    .row {
      display: flex;
      align-items: center;
      justify-content: space-between;
      gap: var(--space-2);
    }
    fieldset {
      min-width: 0;
      margin: 0;
      padding: 0;
      border: 0;
    }
    legend {
      padding: 0;
      font-weight: var(--weight-strong);
    }
    .scores {
      display: flex;
      gap: var(--space-1);
    }
    .scores .button {
      flex: 1;
      min-width: 0;
      padding: 0;
      gap: 2px;
      font-variant-numeric: tabular-nums;
    }
    .scores [aria-pressed="true"] {
      border-color: var(--accent);
      background: var(--accent);
      color: var(--accent-ink);
    }
    .scores [aria-pressed="true"] .icon {
      fill: currentColor;
    }
    .ends {
      display: flex;
      justify-content: space-between;
    }
    form {
      display: flex;
      gap: var(--space-2);
      margin-top: var(--space-1);
    }
    input {
      flex: 1;
      min-width: 0;
      min-height: var(--target);
      padding: 0 var(--space-3);
      border: 1px solid var(--line-strong);
      border-radius: var(--radius-small);
      background: var(--paper-raised);
      font-size: 16px;
    }
    .failed {
      color: var(--danger);
    }
  `];

  override render(): TemplateResult | typeof nothing {
    const { session, t } = this;
    const { rating } = session;
    if (rating.asked.length === 0 || rating.putAway) return nothing;
    return html`<section data-testid="rating" aria-label=${t("rating.title")}>
      ${session.conversation?.owner === "closed" ? nothing : html`<div class="row"><span class="quiet small">${t("rating.title")}</span>
        <button type="button" class="button bare" data-testid="rating-later" @click=${() => rating.dismiss()}>${t("rating.skip")}</button></div>`}
      ${rating.asked.map((asked) => this.one(asked))}
      ${rating.failed ? html`<p class="failed small" role="alert">${t("rating.failed")}</p>` : nothing}
    </section>`;
  }

  private one({ subject, name, score, comment }: AskedRating): TemplateResult {
    const { t, session } = this;
    return html`<fieldset data-testid=${`rating-${subject}`}>
      <legend>${t(`rating.${subject}`, { name: name ?? t("sender.agent") })}</legend>
      <div class="scores">${scores.map((each) => html`<button type="button" class="button" data-testid=${`rate-${each}`}
        aria-pressed=${score === each ? "true" : "false"} aria-label=${t("rating.score", { score: each })}
        @click=${() => void session.rating.rate(subject, each)}>${icon("star")}${each}</button>`)}</div>
      ${score === null
        ? html`<p class="ends quiet small"><span>${t("rating.worst")}</span><span>${t("rating.best")}</span></p>`
        : this.word(subject, score, comment)}
    </fieldset>`;
  }

  private word(subject: AskedRating["subject"], score: number, comment: string | null): TemplateResult {
    const { t } = this;
    if (comment) return html`<p class="small" role="status" data-testid="rating-thanks">${t("rating.thanks")}</p>`;
    return html`<form @submit=${(event: SubmitEvent) => this.send(event, subject, score)}>
      <input name="comment" maxlength=${longestComment} data-testid="rating-comment" aria-label=${t("rating.comment")} placeholder=${t("rating.comment")}>
      <button class="button" data-testid="rating-send">${t("rating.send")}</button></form>
      <p class="quiet small" role="status">${t("rating.thanks")}</p>`;
  }

  private send(event: SubmitEvent, subject: AskedRating["subject"], score: number): void {
    event.preventDefault();
    const comment = String(new FormData(event.target as HTMLFormElement).get("comment") ?? "").trim();
    if (comment) void this.session.rating.rate(subject, score, comment);
  }
}
