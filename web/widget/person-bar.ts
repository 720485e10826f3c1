import { css, html, nothing, type PropertyValues, type TemplateResult } from "lit";
import { state } from "lit/decorators.js";
import { emit } from "../shared/define.ts";
import { foundation } from "../shared/foundation.ts";
import { icon } from "../shared/icons.ts";
import type { Conversation } from "../shared/protocol.ts";
import { SessionPart } from "./session-part.ts";

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
    return html`<div class="bar">
      <button type="button" class="button ask" data-testid="talk-to-person" aria-disabled=${session.busy ? "true" : "false"}
        @click=${() => void session.askForPerson()}>
        ${icon("person")}${t(session.busy ? "person.asking" : "person.ask")}
      </button>
      ${this.problem()}
    </div>`;
  }

  private card(conversation: Conversation): TemplateResult {
    const { session, t } = this;
    return html`<section class="card" tabindex="-1" data-testid="waiting" aria-label=${t("waiting.title")}>
      <div role="status">
        <h3>${t("waiting.title")}</h3>
        <p class="place">${this.place(conversation)}</p>
      </div>
      <p class="small">${t("waiting.about")}</p>
      <div class="bar">
        <button type="button" class="button" data-testid="keep-asking" @click=${this.fold}>${t("waiting.keep")}</button>
        <button type="button" class="button bare" data-testid="cancel-waiting" aria-disabled=${session.busy ? "true" : "false"}
          @click=${() => void session.cancelWaiting()}>${t("waiting.cancel")}</button>
        ${this.problem()}
      </div>
    </section>`;
  }

  private slim(conversation: Conversation): TemplateResult {
    return html`<div class="bar slim" data-testid="waiting">
      <span class="place small" role="status">${this.place(conversation)}</span>
      <button type="button" class="button bare" @click=${() => (this.folded = false)}>${this.t("waiting.show")}</button>
    </div>`;
  }

  private withAgent({ agent_name }: Conversation): TemplateResult {
    const name = agent_name ?? this.t("notice.someone");
    return html`<p class="with quiet small" tabindex="-1">${icon("person")}${this.t("person.with", { name })}</p>`;
  }

  private place({ queue_position }: Conversation): string {
    if (queue_position === null) return this.t("waiting.soon");
    const position = this.t("waiting.position", { position: queue_position });
    return queue_position === 1 ? `${position} · ${this.t("waiting.next")}` : position;
  }

  private problem(): TemplateResult | typeof nothing {
    return this.session.problem ? html`<p class="problem small" role="alert">${this.t("person.failed")}</p>` : nothing;
  }

  private fold(): void {
    this.folded = true;
    emit(this, "keep-asking");
  }
}
