import { LitElement, css, html, nothing, type TemplateResult } from "lit";
import { property, query, state } from "lit/decorators.js";
import { foundation } from "./foundation.ts";
import { Refused } from "./http.ts";
import type { Translate } from "./i18n.ts";
import { icon } from "./icons.ts";

/** The sign-in of a staff page. What was typed stays when it fails; only the password is to be typed again. */
export class SignIn extends LitElement {
  static override styles = [foundation, css`
    :host {
      display: grid;
      flex: 1;
      place-items: center;
      padding: var(--space-4);
    }
    main {
      width: 100%;
      max-width: 360px;
    }
    form {
      display: grid;
      gap: var(--space-4);
      padding: var(--space-8);
      border: 1px solid var(--line);
      border-radius: var(--radius-large);
      background: var(--paper);
      box-shadow: var(--shadow-low);
    }
    .mark {
      display: grid;
      place-items: center;
      width: 48px;
      height: 48px;
      border-radius: var(--radius);
      background: var(--accent);
      color: var(--accent-ink);
      font-size: var(--text-xl);
    }
    h2 {
      font-size: var(--text-xl);
    }
    label {
      display: grid;
      gap: var(--space-1);
    }
    input {
      width: 100%;
      min-height: var(--target);
      padding: 0 var(--space-3);
      border: 1px solid var(--line-strong);
      border-radius: var(--radius-small);
      background: var(--paper-raised);
      font-size: max(16px, var(--text-m));
    }
    .error {
      display: flex;
      gap: var(--space-2);
      padding: var(--space-2) var(--space-3);
      border-radius: var(--radius-small);
      background: var(--danger-soft);
      color: var(--danger);
    }
    .error .icon {
      margin-top: 0.2em;
    }
  `];

  @property({ attribute: false }) session!: { signIn(login: string, password: string): Promise<void> };
  @property({ attribute: false }) t!: Translate;
  @state() private error: "wrong" | "unreachable" | "missing" | "refused" | null = null;
  @state() private reason = "";
  @state() private busy = false;
  @query("#login") private login!: HTMLInputElement;
  @query("#password") private password!: HTMLInputElement;

  override firstUpdated(): void {
    this.login.focus();
  }

  override render(): TemplateResult {
    const { t, error, busy } = this;
    const invalid = error === "wrong" || error === "missing" ? "true" : "false";
    return html`<main><form @submit=${this.submit} novalidate>
      <span class="mark" aria-hidden="true">${icon("chat")}</span>
      <h2>${t("sign_in.title")}</h2>
      <label>${t("sign_in.login")}
        <input id="login" name="username" data-testid="login" autocomplete="username" autocapitalize="none"
          spellcheck="false" aria-invalid=${invalid} aria-describedby="error" /></label>
      <label>${t("sign_in.password")}
        <input id="password" name="password" type="password" data-testid="password" autocomplete="current-password"
          aria-invalid=${invalid} aria-describedby="error" /></label>
      <div id="error" role="alert">
        ${error ? html`<p class="error" data-testid="sign-in-error">${icon("warning")}<span>${t(`sign_in.${error}`, { reason: this.reason })}</span></p>` : nothing}
      </div>
      <button class="button main" data-testid="sign-in" aria-disabled=${busy ? "true" : "false"}>
        ${t(busy ? "sign_in.busy" : "sign_in.submit")}
      </button>
    </form></main>`;
  }

  private async submit(event: Event): Promise<void> {
    event.preventDefault();
    if (this.busy) return;
    const [login, password] = [this.login.value.trim(), this.password.value];
    this.error = login && password ? null : "missing";
    if (this.error) return (login ? this.password : this.login).focus();
    this.busy = true;
    try {
      await this.session.signIn(login, password);
    } catch (error) {
      if (error instanceof Refused) {
        this.error = error.status === 401 ? "wrong" : "refused";
        this.reason = error.reason;
      } else {
        this.error = "unreachable";
      }
      if (this.error === "wrong") this.password.value = "";
      this.password.focus();
    }
    this.busy = false;
  }
}
