import { css, html, nothing, type TemplateResult } from "lit";
import { foundation } from "../shared/foundation.ts";
import type { PresenceName } from "../shared/protocol.ts";
import { DeskPart } from "./desk-part.ts";
import { deskStyles } from "./desk-styles.ts";

const choices: readonly PresenceName[] = ["online", "away", "break"];

/** Online, away or on a break, and how many chats of how many the agent has. */
export class PresenceSwitch extends DeskPart {
  static override styles = [foundation, deskStyles, css`
    :host {
      display: inline-flex;
      align-items: center;
      gap: var(--space-2);
      margin-inline-start: var(--space-3);
      font-size: var(--text-s);
      white-space: nowrap;
    }
    .dot {
      width: 8px;
      height: 8px;
      border-radius: 50%;
      background: var(--good);
    }
    .away .dot,
    .break .dot {
      border-radius: 1px;
      background: var(--warning);
    }
    .offline .dot {
      background: none;
      border: 1.5px solid var(--danger);
    }
    label {
      display: inline-flex;
      align-items: center;
      gap: var(--space-2);
    }
    select {
      min-height: 30px;
      padding: 2px var(--space-2);
      border: 1px solid var(--line-strong);
      border-radius: var(--radius-small);
      background: var(--paper-raised);
      color: var(--ink);
      font: inherit;
    }
    .full {
      color: var(--warning);
      font-weight: var(--weight-strong);
    }
    @media (max-width: 640px) {
      :host {
        margin-inline-start: 0;
      }
    }
  `];

  override render(): TemplateResult | typeof nothing {
    const { session, t } = this;
    const { presence } = session;
    if (!presence) return nothing;
    const full = presence.load >= presence.capacity;
    return html`<label class=${presence.presence}>
        <span class="dot" aria-hidden="true"></span><span class="unseen">${t("presence.label")}</span>
        <select data-testid="presence" @change=${this.choose}>
          ${choices.map((name) => html`<option value=${name} ?selected=${presence.presence === name}>${t(`presence.${name}`)}</option>`)}
        </select>
      </label>
      <span class="load numbers ${full ? "full" : "quiet"}" data-testid="load"
        title=${t(full ? "presence.full" : "presence.load", { load: presence.load, capacity: presence.capacity })}>
        ${presence.load}/${presence.capacity}<span class="unseen">
          ${t(full ? "presence.full" : "presence.load", { load: presence.load, capacity: presence.capacity })}</span></span>`;
  }

  private choose(event: Event): void {
    void this.session.choosePresence((event.target as HTMLSelectElement).value as PresenceName);
  }
}
