import { css, html, nothing, type PropertyValues, type TemplateResult } from "lit";
import { state } from "lit/decorators.js";
import { emit } from "../shared/define.ts";
import { foundation } from "../shared/foundation.ts";
import { icon } from "../shared/icons.ts";
import type { Conversation, People } from "../shared/protocol.ts";
import { SessionPart } from "./session-part.ts";
import { awayText, estimateText, placeText } from "./waiting-words.ts";

/** The way to a person, always in the same place: one tap to ask, then the queue, then who is there. */
export class PersonBar extends SessionPart {
  static override styles = [foundation, css`
    :host {
      padding: var(--space-2) var(--space-3) 0;
      background: var(--paper);
      border-block-start: 1px solid var(--line);
    }
    .bar {
      display: flex;
      flex-wrap: wrap;
      align-items: center;
      gap: var(--space-1) var(--space-3);
    }
    .ask {
      border-color: var(--accent-text);
      border-radius: var(--radius-round);
      color: var(--accent-text);
    }
    .problem {
      flex: 1;
      min-width: 12em;
      color: var(--danger);
    }
    .card {
      display: grid;
      gap: var(--space-2);
      padding: var(--space-3);
      border-radius: var(--radius);
      background: var(--accent-soft);
    }
    .card h3 {
      font-size: var(--text-m);
    }
    .place {
      font-variant-numeric: tabular-nums;
      color: var(--accent-text);
      font-weight: var(--weight-strong);
    }
    .away {
      display: flex;
      gap: var(--space-2);
      padding-block-start: var(--space-1);
    }
    .bar.slim {
      flex-wrap: nowrap;
    }
    .slim {
      justify-content: space-between;
      padding-inline-start: var(--space-3);
      border-radius: var(--radius-small);
      background: var(--accent-soft);
    }
    .with {
      display: inline-flex;
      align-items: center;
      gap: var(--space-2);
      min-height: var(--space-8);
    }
  `];

  @state() private folded = false;
  @state() private writing = false;
  private hadFocus = false;
  private lastOwner: Conversation["owner"] | undefined;

  override willUpdate(_changes: PropertyValues): void {
    this.hadFocus = Boolean(this.shadowRoot?.activeElement);
    const owner = this.session.conversation?.owner;
    if (owner !== this.lastOwner) this.folded = false;
    this.lastOwner = owner;
  }

  /** What had the focus may have made way for something else; the focus goes to that. */
  override updated(): void {
    if (this.hadFocus && !this.shadowRoot?.activeElement) this.renderRoot.querySelector<HTMLElement>("[tabindex], button")?.focus();
  }

  override render(): TemplateResult | typeof nothing {
    const { conversation } = this.session;
    if (this.writing && conversation?.owner !== "agent" && conversation?.owner !== "closed") return this.message();
    switch (conversation?.owner) {
      case "waiting":
        return this.folded ? this.slim(conversation) : this.card(conversation);
      case "agent":
        return this.withAgent(conversation);
      case "closed":
        return nothing;
      default:
        return this.ask();
    }
  }

  private ask(): TemplateResult {
    const { session, t } = this;
    const people = this.people;
    return html`<div class="bar">
      <button type="button" class="button ask" data-testid="talk-to-person" aria-disabled=${session.busy ? "true" : "false"}
        @click=${() => void session.askForPerson()}>
        ${icon("person")}${t(session.busy ? "person.asking" : "person.ask")}
      </button>
      ${people && !people.open ? this.leave() : nothing}
      ${this.problem()}
    </div>
    ${people && !people.open
      ? html`<p class="away quiet small" data-testid="away">${icon("clock")}<span>${awayText(people, this.language, t)}</span></p>`
      : nothing}`;
  }

  private card(conversation: Conversation): TemplateResult {
    const { session, t } = this;
    const wait = conversation.wait ?? null;
    const away = wait !== null && !wait.people.open;
    return html`<section class="card" tabindex="-1" data-testid="waiting" aria-label=${t(away ? "waiting.away" : "waiting.title")}>
      <div role="status">
        <h3>${t(away ? "waiting.away" : "waiting.title")}</h3>
        ${away
          ? html`<p class="place" data-testid="away">${awayText(wait.people, this.language, t)}</p>`
          : html`<p class="place">${placeText(conversation, t)}</p>`}
      </div>
      ${wait && !away ? html`<p class="small" data-testid="estimate">${estimateText(wait, t)}</p>` : nothing}
      <p class="small quiet">${t(away ? "waiting.away.about" : "waiting.about")}</p>
      <div class="bar">
        ${away ? this.leave() : nothing}
        <button type="button" class="button" data-testid="keep-asking" @click=${this.fold}>${t("waiting.keep")}</button>
        ${away ? nothing : this.leave()}
        <button type="button" class="button bare" data-testid="cancel-waiting" aria-disabled=${session.busy ? "true" : "false"}
          @click=${() => void session.cancelWaiting()}>${t("waiting.cancel")}</button>
        ${this.problem()}
      </div>
    </section>`;
  }

  private slim(conversation: Conversation): TemplateResult {
    return html`<div class="bar slim" data-testid="waiting">
      <span class="place small" role="status">${conversation.wait && !conversation.wait.people.open
        ? this.t("waiting.away")
        : placeText(conversation, this.t)}</span>
      <button type="button" class="button bare" @click=${() => (this.folded = false)}>${this.t("waiting.show")}</button>
    </div>`;
  }

  private withAgent({ agent_name }: Conversation): TemplateResult {
    const name = agent_name ?? this.t("notice.someone");
    return html`<p class="with quiet small" tabindex="-1">${icon("person")}${this.t("person.with", { name })}</p>`;
  }

  private leave(): TemplateResult {
    return html`<button type="button" class="button" data-testid="open-message" @click=${() => (this.writing = true)}>
      ${this.t("message.open")}</button>`;
  }

  private message(): TemplateResult {
    return html`<bilin-leave-message .session=${this.session} .t=${this.t} .language=${this.language}
      @message-done=${() => (this.writing = false)}></bilin-leave-message>`;
  }

  private get people(): People | null {
    const { config } = this.session;
    return typeof config === "object" ? (config.people ?? null) : null;
  }

  private problem(): TemplateResult | typeof nothing {
    return this.session.problem ? html`<p class="problem small" role="alert">${this.t("person.failed")}</p>` : nothing;
  }

  private fold(): void {
    this.folded = true;
    emit(this, "keep-asking");
  }
}
