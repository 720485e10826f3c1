import { LitElement, html, nothing, type PropertyValues, type TemplateResult } from "lit";
import { property, query, state } from "lit/decorators.js";
import { foundation, tokenStyles } from "../shared/foundation.ts";
import { firstLanguage, langAttribute, languageOf, otherLanguage, translator } from "../shared/i18n.ts";
import { icon } from "../shared/icons.ts";
import { Watching } from "../shared/observable.ts";
import type { CustomerFacts, Language } from "../shared/protocol.ts";
import { forThisTab, lasting } from "../shared/storage.ts";
import { ChatApi } from "./chat-api.ts";
import { ChatSession } from "./chat-session.ts";
import type { MessageComposer } from "./message-composer.ts";
import { texts } from "./texts.ts";
import { widgetStyles } from "./widget-styles.ts";

const choices = lasting("bilin.");
const tab = forThisTab("bilin.");

/**
 * The customers' widget: a round button, and behind it the conversation.
 *
 * Attributes: `server` (the address of the service; the script's own by default), `language` (`zh` or `en`; else
 * the page's, else the browser's), `elder` (the customer is to be served as an elder) and `claim` (what the bank has
 * signed of the customer). What the customer chooses in the header goes before both, until the page changes
 * its language.
 */
export class BilinWidget extends LitElement {
  static override styles = [tokenStyles, foundation, widgetStyles];

  /** Where the script came from. */
  static home = location.origin;

  @property() server = BilinWidget.home;
  @property({ attribute: "language" }) requested: string | null = null;
  @property({ type: Boolean }) elder = false;
  @property() claim: string | null = null;
  @state() private chosen: Language | null = choices.read<Language>("language");
  @state() private open = tab.read<boolean>("open") ?? false;
  @query("#launcher") private launcher!: HTMLElement;
  @query("bilin-composer") private composer!: MessageComposer | null;
  @query("#panel") private panel!: HTMLElement | null;
  private session: ChatSession | null = null;
  private pageSpoke = languageOf(document.documentElement.lang);
  private readonly pageLanguage = new MutationObserver(() => this.pageChanged());

  get language(): Language {
    return this.chosen ?? firstLanguage(this.requested, document.documentElement.lang, ...navigator.languages);
  }

  private get customer(): CustomerFacts {
    return { customer_class: this.elder ? "elder" : "standard", ...(this.claim ? { claim: this.claim } : {}) };
  }

  override connectedCallback(): void {
    super.connectedCallback();
    if (!this.session) {
      this.session = new ChatSession(new ChatApi(this.server.replace(/\/+$/, "")), choices, () => this.language, () => this.customer);
      new Watching(this, this.session);
      if (this.open) void this.session.loadConfig();
      void this.session.resume();
    }
    this.pageLanguage.observe(document.documentElement, { attributeFilter: ["lang"] });
    document.addEventListener("visibilitychange", this.see);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.pageLanguage.disconnect();
    document.removeEventListener("visibilitychange", this.see);
    this.session?.dispose();
    this.session = null;
  }

  override willUpdate(changes: PropertyValues): void {
    if (this.hasUpdated && changes.has("requested")) this.choose(null);
  }

  override updated(): void {
    this.see();
  }

  override render(): TemplateResult | typeof nothing {
    const { session, language } = this;
    if (!session) return nothing;
    const t = translator(texts, language);
    const unread = this.open ? 0 : session.unread;
    const bank = typeof session.config === "object" ? session.config.bank[language] : "";
    return html`
      <div lang=${langAttribute(language)} class=${this.open ? "is-open" : ""}>
        <button type="button" id="launcher" data-testid="launcher" aria-expanded=${this.open ? "true" : "false"}
          aria-label=${unread > 0 ? t("launcher.unread", { count: unread }) : t("launcher.open")} @click=${this.toggle}>
          ${icon(this.open ? "down" : "chat")}
          ${unread > 0 ? html`<span class="unread" aria-hidden="true">${Math.min(unread, 99)}</span>` : nothing}
        </button>
        ${this.open
          ? html`<section id="panel" role="dialog" tabindex="-1" data-testid="panel" aria-label=${t("panel.label", { bank })}
              @keydown=${this.pressed} @say=${this.say} @close-panel=${this.close} @switch-language=${this.switchLanguage}
              @keep-asking=${() => this.composer?.focus()} @discarded=${this.keepFocus}>
              <bilin-header .session=${session} .t=${t} .language=${language} .bank=${bank}></bilin-header>
              <bilin-log .session=${session} .t=${t} .language=${language}>
                <bilin-welcome .session=${session} .t=${t} .language=${language}></bilin-welcome>
              </bilin-log>
              <bilin-rating .session=${session} .t=${t} .language=${language}></bilin-rating>
              <bilin-person .session=${session} .t=${t} .language=${language}></bilin-person>
              <bilin-composer .session=${session} .t=${t} .language=${language}></bilin-composer>
            </section>`
          : nothing}
      </div>`;
  }

  /** Opens the widget and asks, for a page that has a question to offer. */
  async ask(question: string): Promise<void> {
    await this.show();
    this.session?.say(question);
  }

  private toggle(): void {
    if (this.open) void this.close();
    else void this.show();
  }

  /** Opens the widget. */
  async show(): Promise<void> {
    this.open = true;
    tab.write("open", true);
    if (this.session && typeof this.session.config !== "object") void this.session.loadConfig();
    await this.updateComplete;
    await this.composer?.updateComplete;
    this.takeFocus();
  }

  /** To where people write; on a phone, whose keyboard would cover what there is to read, to the panel itself. */
  private takeFocus(): void {
    const withKeyboard = matchMedia("(hover: hover) and (pointer: fine)").matches;
    (withKeyboard ? this.composer : this.panel)?.focus({ preventScroll: true });
  }

  /** After the button that had the focus has gone from the page. */
  private keepFocus(): void {
    requestAnimationFrame(() => {
      if (this.open && !this.shadowRoot?.activeElement) this.takeFocus();
    });
  }

  private async close(): Promise<void> {
    this.open = false;
    tab.write("open", false);
    await this.updateComplete;
    this.launcher.focus();
  }

  private pressed(event: KeyboardEvent): void {
    if (event.key !== "Escape" || event.isComposing) return;
    event.stopPropagation();
    void this.close();
  }

  private say(event: CustomEvent<{ text: string; choice?: string }>): void {
    this.session?.say(event.detail.text, event.detail.choice);
    this.keepFocus();
  }

  private switchLanguage(): void {
    this.choose(otherLanguage(this.language));
  }

  /** A page that is still loading names its language for the first time; only a later change is somebody's wish. */
  private pageChanged(): void {
    const now = languageOf(document.documentElement.lang);
    if (now !== this.pageSpoke && document.readyState === "complete") this.choose(null);
    this.pageSpoke = now;
    this.requestUpdate();
  }

  private choose(language: Language | null): void {
    this.chosen = language;
    if (language) choices.write("language", language);
    else choices.remove("language");
  }

  private readonly see = (): void => {
    if (this.open && document.visibilityState === "visible") this.session?.markSeen();
  };
}
