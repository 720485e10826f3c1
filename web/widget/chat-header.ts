import { css, html, type TemplateResult } from "lit";
import { property } from "lit/decorators.js";
import { emit } from "../shared/define.ts";
import { foundation } from "../shared/foundation.ts";
import { langAttribute, otherLanguage } from "../shared/i18n.ts";
import { icon } from "../shared/icons.ts";
import { SessionPart } from "./session-part.ts";

/** The bank, who is speaking, the state of the line, the language, and the way out. */
export class ChatHeader extends SessionPart {
  static override styles = [foundation, css`
    .bar {
      display: flex;
      align-items: center;
      gap: var(--space-2);
      padding: var(--space-2) var(--space-2) var(--space-2) var(--space-4);
      border-block-end: 1px solid var(--line);
      background: var(--paper);
    }
    .face {
      display: grid;
      flex: none;
      place-items: center;
      width: 36px;
      height: 36px;
      border-radius: 50%;
      background: var(--accent);
      color: var(--accent-ink);
      font-weight: var(--weight-strong);
    }
    .who {
      flex: 1;
      min-width: 0;
    }
    h2 {
      overflow: hidden;
      font-size: var(--text-m);
      line-height: var(--leading-tight);
      text-overflow: ellipsis;
      white-space: nowrap;
    }
    .line {
      display: flex;
      gap: var(--space-2);
      color: var(--ink-quiet);
      font-size: var(--text-xs);
      line-height: var(--leading);
    }
    .speaker {
      overflow: hidden;
      text-overflow: ellipsis;
      white-space: nowrap;
    }
    .state {
      display: inline-flex;
      flex: none;
      align-items: center;
      gap: 2px;
    }
    .state.online {
      color: var(--good);
    }
    .state.offline {
      color: var(--danger);
    }
    .state.connecting .icon {
      animation: turn 1.2s linear infinite;
    }
    @keyframes turn {
      to {
        transform: rotate(1turn);
      }
    }
    .button {
      flex: none;
      padding-inline: var(--space-2);
      border-color: transparent;
      background: none;
      font-size: var(--text-s);
    }
  `];

  @property() bank = "";

  override render(): TemplateResult {
    const { session, t, language } = this;
    return html`<div class="bar">
      <span class="face" aria-hidden="true">${this.face()}</span>
      <div class="who">
        <h2 id="title">${this.bank || t("panel.bank")}</h2>
        <div class="line">
          <span class="speaker" title=${this.speaker()}>${this.speaker()}</span>
          <span class="state ${session.line}" role="status" data-testid="connection" data-state=${session.line}>
            ${icon(session.line)}<span>${t(`line.${session.line}`)}</span>
          </span>
        </div>
      </div>
      <button type="button" class="button" data-testid="language-switch" lang=${langAttribute(otherLanguage(language))}
        aria-label=${t("header.language.label")} @click=${() => emit(this, "switch-language")}>${t("header.language")}</button>
      <button type="button" class="button square" data-testid="close-panel" aria-label=${t("header.close")}
        @click=${() => emit(this, "close-panel")}>${icon("close")}</button>
    </div>`;
  }

  private face(): unknown {
    const { conversation } = this.session;
    if (conversation?.owner !== "agent") return icon("bot");
    return conversation.agent_name ? [...conversation.agent_name][0] : icon("person");
  }

  private speaker(): string {
    const { t } = this;
    const conversation = this.session.conversation;
    switch (conversation?.owner) {
      case "agent":
        return t("header.agent", { name: conversation.agent_name ?? "" });
      case "waiting":
        return t("header.waiting");
      case "closed":
        return t("header.closed");
      default:
        return t("header.bot");
    }
  }
}
