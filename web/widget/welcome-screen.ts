import { css, html, nothing, type TemplateResult } from "lit";
import { emit } from "../shared/define.ts";
import { foundation } from "../shared/foundation.ts";
import { langAttribute } from "../shared/i18n.ts";
import { icon } from "../shared/icons.ts";
import type { ChatConfig } from "../shared/protocol.ts";
import { SessionPart } from "./session-part.ts";

const featuredCount = 4;

/** The first screen: a greeting, what people ask most, and when the people are there. */
export class WelcomeScreen extends SessionPart {
  static override styles = [foundation, css`
    :host {
      display: grid;
      gap: var(--space-3);
    }
    h3 {
      font-size: var(--text-xl);
    }
    .questions {
      display: grid;
      gap: var(--space-2);
    }
    .questions .button {
      justify-content: space-between;
      width: 100%;
      padding-block: var(--space-2);
      border-color: var(--line);
      text-align: start;
    }
    .questions .icon {
      color: var(--accent-text);
      transform: rotate(-90deg);
    }
    .hours {
      display: flex;
      gap: var(--space-2);
    }
    .hours .icon {
      margin-top: 0.2em;
    }
    .questions .skeleton {
      height: var(--target);
    }
    .error {
      display: grid;
      gap: var(--space-2);
      justify-items: start;
      padding: var(--space-3);
      border-radius: var(--radius);
      background: var(--danger-soft);
    }
  `];

  override render(): TemplateResult {
    const { session, t, language } = this;
    const { config } = session;
    const started = session.messages.length > 0 || session.unsent.length > 0;
    return html`
      <div lang=${langAttribute(language)}>
        <h3>${t("welcome.hello")}</h3>
        <p class="quiet">${t("welcome.about")}</p>
      </div>
      ${typeof config === "object" ? (started ? nothing : this.featured(config)) : nothing}
      ${config === "loading" && !started ? this.skeleton() : nothing}
      ${config === "unreachable" && !started ? this.error() : nothing}
      ${typeof config === "object"
        ? html`<p class="hours quiet small" lang=${langAttribute(language)}>
            ${icon("clock")}<span>${t("welcome.hours")} · ${config.hours[language]}</span></p>`
        : nothing}`;
  }

  private featured(config: ChatConfig): TemplateResult | typeof nothing {
    const questions = config.featured[this.language].slice(0, featuredCount);
    if (questions.length === 0) return nothing;
    return html`<section lang=${langAttribute(this.language)} aria-label=${this.t("welcome.featured")}>
      <p class="quiet small">${this.t("welcome.featured")}</p>
      <ul class="plain questions">
        ${questions.map(({ question }) => html`<li>
          <button type="button" class="button" data-testid="featured"
            @click=${() => emit(this, "say", { text: question })}><span>${question}</span>${icon("down")}</button></li>`)}
      </ul>
    </section>`;
  }

  private skeleton(): TemplateResult {
    return html`<div class="questions" aria-hidden="true">
      ${Array.from({ length: featuredCount }, () => html`<div class="skeleton"></div>`)}
    </div>`;
  }

  private error(): TemplateResult {
    return html`<div class="error" role="alert">
      <p>${this.t("welcome.unreachable")}</p>
      <button type="button" class="button" @click=${() => void this.session.loadConfig()}>${this.t("welcome.retry")}</button>
    </div>`;
  }
}
