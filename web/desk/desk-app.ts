import { LitElement, html, nothing, type TemplateResult } from "lit";
import { query, state } from "lit/decorators.js";
import { dialogStyles, shortcutSheet } from "../shared/dialogs.ts";
import { foundation } from "../shared/foundation.ts";
import { firstLanguage, langAttribute, otherLanguage, translator, type Translate } from "../shared/i18n.ts";
import { icon } from "../shared/icons.ts";
import { isWriting } from "../shared/keyboard.ts";
import { Watching } from "../shared/observable.ts";
import { pageStyles } from "../shared/page-styles.ts";
import type { Language, Staff } from "../shared/protocol.ts";
import { lasting } from "../shared/storage.ts";
import type { ConversationPane } from "./conversation-pane.ts";
import { DeskApi } from "./desk-api.ts";
import { deskAppStyles } from "./desk-app-styles.ts";
import { DeskSession } from "./desk-session.ts";
import { deskStyles } from "./desk-styles.ts";
import type { MessageAction } from "./message-actions.ts";
import type { CannedDialog } from "./canned-dialog.ts";
import type { CloseDialog } from "./close-dialog.ts";
import type { CustomerPane } from "./customer-pane.ts";
import type { OtherDialog } from "./other-dialog.ts";
import type { RatingsDialog } from "./ratings-dialog.ts";
import type { TransferDialog } from "./transfer-dialog.ts";
import { reasonText } from "./case-card.ts";
import { commandOf, sheet, type Command } from "./shortcuts.ts";
import { texts } from "./texts.ts";

type Pane = "queue" | "conversation" | "customer";
const panes: readonly Pane[] = ["queue", "conversation", "customer"];
const choices = lasting("bilin.desk.");

/** The agents' desk: the sign-in, or the three panes with the bar over them. */
export class DeskApp extends LitElement {
  static override styles = [foundation, deskStyles, dialogStyles, pageStyles, deskAppStyles];

  @state() private language: Language = firstLanguage(choices.read<Language>("language"), ...navigator.languages);
  /** Which pane a narrow window shows. */
  @state() private pane: Pane = "queue";
  @query("desk-conversation") private conversation!: ConversationPane | null;
  @query("desk-customer") private customer!: CustomerPane | null;
  @query("#shortcuts") private sheet!: HTMLDialogElement | null;
  @query("desk-close") private closing!: CloseDialog | null;
  @query("desk-transfer") private transfer!: TransferDialog | null;
  @query("desk-canned") private canned!: CannedDialog | null;
  @query("desk-ratings") private ratings!: RatingsDialog | null;
  @query("desk-other") private other!: OtherDialog | null;
  private readonly api = new DeskApi();
  private readonly session = new DeskSession(this.api);

  constructor() {
    super();
    new Watching(this, this.session);
    this.addEventListener("message-action", (event) => this.session.ask((event as CustomEvent<MessageAction>).detail));
    this.session.announce = (occasion, facts, message) => {
      const t = translator(texts, this.language);
      const title = t(`notify.${occasion}`, { reason: reasonText(facts.reason, t) });
      return { title, body: message?.text.slice(0, 120) ?? facts.summary };
    };
  }

  override connectedCallback(): void {
    super.connectedCallback();
    document.addEventListener("keydown", this.pressed);
    document.addEventListener("visibilitychange", this.see);
    void this.session.resume();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    document.removeEventListener("keydown", this.pressed);
    document.removeEventListener("visibilitychange", this.see);
  }

  override willUpdate(): void {
    this.api.language = this.language;
  }

  override updated(): void {
    const { unread } = this.session;
    const title = translator(texts, this.language)("app.title");
    document.title = unread > 0 ? `(${unread}) ${title}` : title;
    document.documentElement.lang = langAttribute(this.language);
    this.see();
  }

  override render(): TemplateResult {
    const t = translator(texts, this.language);
    const { staff } = this.session;
    return html`<div class="page" lang=${langAttribute(this.language)}>
      ${this.bar(t, typeof staff === "object" ? staff : null)}
      ${staff === "loading" ? html`<p class="whole quiet" role="status">${t("app.loading")}</p>` : nothing}
      ${staff === "unreachable" ? this.unreachable(t) : nothing}
      ${staff === null ? html`<staff-sign-in .session=${this.session} .t=${t}></staff-sign-in>` : nothing}
      ${staff && typeof staff === "object" ? this.desk(t) : nothing}
    </div>`;
  }

  private bar(t: Translate, staff: Staff | null): TemplateResult {
    const { session, language } = this;
    return html`<header class="top">
      <span class="mark-bilin" aria-hidden="true">${icon("chat")}</span>
      <h1>${t("app.product")} <span class="quiet">${t("app.title")}</span></h1>
      ${staff
        ? html`<span class="line ${session.line}" role="status" data-testid="connection" data-state=${session.line}>
            ${icon(session.line)}<span>${t(`line.${session.line}`)}</span></span>`
        : nothing}
      ${staff ? html`<desk-presence .session=${session} .t=${t} .language=${language}></desk-presence>` : nothing}
      <span class="space"></span>
      ${staff ? this.tools(t) : nothing}
      ${staff
        ? html`<button type="button" class="button bare keys" @click=${() => this.sheet?.showModal()} aria-label=${t("app.shortcuts")}>
            ${icon("keyboard")}<kbd>?</kbd></button>`
        : nothing}
      <button type="button" class="button bare" data-testid="language-switch" lang=${langAttribute(otherLanguage(language))}
        aria-label=${t("app.language.label")} @click=${this.switchLanguage}>${t("app.language")}</button>
      ${staff
        ? html`<span class="me">${icon("person")}<span>${staff.name}</span></span>
            <button type="button" class="button bare" data-testid="sign-out" title=${t("app.sign_out")}
              aria-label=${t("app.sign_out")} @click=${() => void session.signOut()}>
              ${icon("leave")}<span class="wide">${t("app.sign_out")}</span></button>`
        : nothing}
    </header>`;
  }

  private tools(t: Translate): TemplateResult {
    const { attention, isSupervisor } = this.session;
    const toggle = (name: "sounds" | "notifications", on: boolean, change: () => void): TemplateResult => {
      const state = on ? "on" : "off";
      return html`<button type="button" class="button bare square" data-testid=${name} aria-pressed=${on ? "true" : "false"} aria-label=${t(`attention.${name}`)}
        title=${t(`attention.${name}.${state}`)} @click=${change}>${icon(on ? name : `${name}_off`)}</button>`;
    };
    return html`${isSupervisor
      ? html`<button type="button" class="button bare" data-testid="open-ratings" @click=${() => void this.ratings?.show()}>${icon("helpful")}<span class="wide">${t("ratings.open")}</span></button>
          <button type="button" class="button bare" data-testid="open-canned" @click=${() => void this.canned?.show()}>${icon("copy")}<span class="wide">${t("canned.open")}</span></button>`
      : nothing}
      ${toggle("sounds", attention.sounds, () => {
        attention.switchSounds();
        this.requestUpdate();
      })}
      ${toggle("notifications", attention.notifications, () => void attention.switchNotifications().then(() => this.requestUpdate()))}`;
  }

  private desk(t: Translate): TemplateResult {
    const { session, language } = this;
    return html`
      ${this.problem(t)}
      <main data-pane=${this.pane} @show-pane=${(event: CustomEvent<Pane>) => (this.pane = event.detail)}
        @insert=${(event: CustomEvent<string>) => this.insert(event.detail)} @ask-close=${() => void this.closing?.show()}
        @ask-transfer=${(event: CustomEvent<{ advice: boolean }>) => void this.transfer?.ask(event.detail)}
        @show-other=${(event: CustomEvent<string>) => void this.other?.open(event.detail)}>
        <desk-queue .session=${session} .t=${t} .language=${language}></desk-queue>
        <desk-conversation .session=${session} .t=${t} .language=${language}></desk-conversation>
        <desk-customer .session=${session} .t=${t} .language=${language}></desk-customer>
      </main>
      <nav class="panes">${panes.map((pane) => html`<button type="button" data-testid=${`pane-${pane}`} aria-current=${this.pane === pane ? "page" : "false"}
        @click=${() => (this.pane = pane)}>${t(`pane.${pane}`)}${this.badge(pane)}</button>`)}</nav>
      ${shortcutSheet(t, sheet)}
      <desk-close .session=${session} .t=${t} .language=${language}></desk-close>
      <desk-transfer .session=${session} .t=${t} .language=${language}></desk-transfer>
      <desk-other .session=${session} .t=${t} .language=${language}></desk-other>
      ${session.isSupervisor
        ? html`<desk-canned .session=${session} .t=${t} .language=${language}></desk-canned>
            <desk-ratings .session=${session} .t=${t} .language=${language}></desk-ratings>`
        : nothing}`;
  }

  private badge(pane: Pane): TemplateResult | typeof nothing {
    const { session } = this;
    const unreadChats = session.mine.filter(({ id }) => session.unreadOf(id) > 0).length;
    const count = pane === "queue" ? session.waiting.length + unreadChats : 0;
    return count > 0 ? html`<span class="count numbers">${count}</span>` : nothing;
  }

  private problem(t: Translate): TemplateResult {
    const { problem } = this.session;
    return html`<div role="alert">${problem
      ? html`<p class="problem" data-testid="problem">${icon("warning")}<span>${t(problem.key, { reason: problem.reason ?? "" })}</span>
          <button type="button" class="button" @click=${() => this.session.dismiss()}>${t("app.dismiss")}</button></p>`
      : nothing}</div>`;
  }

  private unreachable(t: Translate): TemplateResult {
    return html`<div class="whole" role="alert"><p>${t("app.unreachable")}</p>
      <button type="button" class="button" @click=${() => void this.session.resume()}>${t("app.retry")}</button></div>`;
  }

  private readonly pressed = (event: KeyboardEvent): void => {
    if (typeof this.session.staff !== "object" || !this.session.staff) return;
    const dialogs = [this.closing, this.transfer, this.canned, this.ratings, this.other];
    if (this.sheet?.open || dialogs.some((dialog) => dialog?.isOpen)) return;
    const command = commandOf(event, isWriting(event));
    if (!command) return;
    event.preventDefault();
    void this.run(command);
  };

  private async run(command: Command): Promise<void> {
    const { session } = this;
    const mine = session.selected !== null && session.isMine(session.selected) ? session.selected : null;
    switch (command) {
      case "sheet":
        this.sheet?.showModal();
        return;
      case "next":
        session.selectNext();
        return this.focusReply();
      case "take":
        await session.takeOldest();
        return this.focusReply();
      case "reply":
        return this.focusReply();
      case "canned":
        await this.focusReply();
        return this.conversation?.offerCanned();
      case "note":
        return this.focusNote();
      case "transfer":
      case "consult":
        if (mine) await this.transfer?.ask({ advice: command === "consult" });
        return;
      case "take_over":
        if (session.isSupervisor && session.thread && !mine) await session.takeOver(session.thread.facts);
        return;
      case "return":
        if (mine) await session.handBack(mine);
        return;
      case "close_case":
        if (mine) await this.closing?.show();
        return;
      default: {
        const candidate = session.thread?.suggestions[Number(command.slice(-1)) - 1];
        if (mine && candidate) await this.insert(session.useSuggestion(candidate));
      }
    }
  }

  private async insert(text: string): Promise<void> {
    this.pane = "conversation";
    await this.updateComplete;
    this.conversation?.insert(text);
  }

  private async focusNote(): Promise<void> {
    if (matchMedia("(max-width: 1039.98px)").matches) this.pane = "customer";
    await this.updateComplete;
    this.customer?.focusNote();
  }

  private async focusReply(): Promise<void> {
    this.pane = "conversation";
    await this.updateComplete;
    await this.conversation?.updateComplete;
    this.conversation?.focusReply();
  }

  private readonly see = (): void => {
    const { selected } = this.session;
    if (selected !== null && document.visibilityState === "visible" && this.conversationIsShown) this.session.markRead(selected);
  };

  private get conversationIsShown(): boolean {
    return (this.conversation?.offsetParent ?? null) !== null;
  }

  private switchLanguage(): void {
    this.language = otherLanguage(this.language);
    choices.write("language", this.language);
  }
}
