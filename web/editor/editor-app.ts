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
import type { AskDialog, Question } from "./ask-dialog.ts";
import { EditorApi } from "./editor-api.ts";
import { editorAppStyles } from "./editor-app-styles.ts";
import { EditorSession } from "./editor-session.ts";
import { editorStyles } from "./editor-styles.ts";
import type { EntryPane } from "./entry-pane.ts";
import type { FilterPane } from "./filter-pane.ts";
import { leaveDialog } from "./leave-dialog.ts";
import { figure } from "./marks.ts";
import { newItem, views, type View } from "./route.ts";
import { KeyReader, sheet, type Command } from "./shortcuts.ts";
import { texts } from "./texts.ts";

const choices = lasting("bilin.editor.");

/** The editors' console: the sign-in, or the bar and the view that the address names. */
export class EditorApp extends LitElement {
  static override styles = [foundation, editorStyles, dialogStyles, pageStyles, editorAppStyles];

  @state() private language: Language = firstLanguage(choices.read<Language>("language"), ...navigator.languages);
  @query("editor-entry") private entry!: EntryPane | null;
  @query("editor-filters") private filters!: FilterPane | null;
  @query("editor-ask") private asking!: AskDialog | null;
  @query("#shortcuts") private sheet!: HTMLDialogElement | null;
  @query('.panes [aria-current="page"]') private here!: HTMLElement | null;
  @query("#leave") private leaving!: HTMLDialogElement | null;
  private readonly api = new EditorApi();
  private readonly session = new EditorSession(this.api, {
    read: () => location.hash,
    write: (hash, replace) => history[replace ? "replaceState" : "pushState"](null, "", hash),
  });
  private readonly keys = new KeyReader();
  private shown: View | null = null;
  private readonly translators = { zh: translator(texts, "zh"), en: translator(texts, "en") };
  private readonly ask = async (question: Question): Promise<string | null> => (await this.asking?.ask(question)) ?? null;

  constructor() {
    super();
    new Watching(this, this.session);
    new Watching(this, this.session.open);
    new Watching(this, this.session.reviews);
    new Watching(this, this.session.suggestions);
  }

  override connectedCallback(): void {
    super.connectedCallback();
    document.addEventListener("keydown", this.pressed);
    window.addEventListener("popstate", this.moved);
    window.addEventListener("beforeunload", this.guard);
    void this.session.resume();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    document.removeEventListener("keydown", this.pressed);
    window.removeEventListener("popstate", this.moved);
    window.removeEventListener("beforeunload", this.guard);
  }

  override willUpdate(): void {
    this.api.language = this.language;
  }

  override updated(): void {
    document.title = this.translators[this.language]("app.title");
    document.documentElement.lang = langAttribute(this.language);
    if (this.session.pending && this.leaving && !this.leaving.open) this.leaving.showModal();
    const { view } = this.session.route;
    if (view !== this.shown) this.here?.scrollIntoView({ block: "nearest", inline: "nearest" });
    this.shown = view;
  }

  override render(): TemplateResult {
    const t = this.translators[this.language];
    const { staff } = this.session;
    return html`<div class="page" lang=${langAttribute(this.language)}>
      ${this.bar(t, typeof staff === "object" ? staff : null)}
      ${staff === "loading" ? html`<p class="whole quiet" role="status">${t("app.loading")}</p>` : nothing}
      ${staff === "unreachable" ? this.unreachable(t) : nothing}
      ${staff === null ? html`<staff-sign-in .session=${this.session} .t=${t}></staff-sign-in>` : nothing}
      ${staff && typeof staff === "object" ? this.console(t) : nothing}
    </div>`;
  }

  private bar(t: Translate, staff: Staff | null): TemplateResult {
    const { session, language } = this;
    return html`<header class="top">
      <span class="mark-bilin" aria-hidden="true">${icon("chat")}</span>
      <h1>${t("app.product")} <span class="quiet">${t("app.title")}</span></h1>
      ${staff ? html`<nav class="views" aria-label=${t("app.views")}>${this.viewButtons(t, "view")}</nav>` : nothing}
      <span class="space"></span>
      ${staff
        ? html`<button type="button" class="button bare" @click=${() => this.sheet?.showModal()} aria-label=${t("app.shortcuts")}>
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

  private viewButtons(t: Translate, hook: string): TemplateResult[] {
    const { session } = this;
    const waiting: Partial<Record<View, number>> = { review: session.reviews.total, suggestions: session.suggestions.open };
    const named = views.filter((view) => view !== "audit"); // which is reached from the releases
    const current = session.route.view === "audit" ? "releases" : session.route.view;
    return named.map((view) => html`<button type="button" data-testid=${`${hook}-${view}`} aria-current=${view === current ? "page" : "false"}
      @click=${() => session.go({ view })}>${t(`view.${view}`)}
      ${waiting[view] ? html`<span class="count numbers">${figure(waiting[view])}</span>` : nothing}</button>`);
  }

  private console(t: Translate): TemplateResult {
    const { session } = this;
    const { view, item } = session.route;
    return html`
      ${this.problem(t)}
      <main class="${view} ${item ? "one" : ""}">${this.view(t)}</main>
      <nav class="panes" aria-label=${t("app.views")}>${this.viewButtons(t, "foot")}</nav>
      ${shortcutSheet(t, sheet)}
      <editor-ask .t=${t}></editor-ask>
      ${leaveDialog(t, {
        save: () => void this.saveAndLeave(),
        keep: () => session.settle(true),
        drop: () => { session.open.drop(); session.settle(true); },
        stay: () => session.settle(false),
      })}`;
  }

  private view(t: Translate): TemplateResult {
    const { session, language, ask } = this;
    switch (session.route.view) {
      case "entries":
        return html`<editor-filters .session=${session} .t=${t} .language=${language}></editor-filters>
          <editor-list .session=${session} .t=${t} .language=${language}></editor-list>
          <editor-entry .session=${session} .t=${t} .language=${language} .ask=${ask}></editor-entry>`;
      case "review":
        return html`<editor-review .session=${session} .t=${t} .language=${language} .ask=${ask}></editor-review>`;
      case "releases":
        return html`<editor-releases .session=${session} .t=${t} .language=${language} .ask=${ask}></editor-releases>`;
      case "suggestions":
        return html`<editor-suggestions .session=${session} .t=${t} .language=${language}></editor-suggestions>`;
      case "audit":
        return html`<editor-audit .session=${session} .t=${t} .language=${language}></editor-audit>`;
      case "insight":
        return html`<editor-insight .session=${session} .t=${t} .language=${language}></editor-insight>`;
      case "files":
        return html`<editor-files .session=${session} .t=${t} .language=${language}></editor-files>`;
    }
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
    if (this.sheet?.open || this.leaving?.open || this.asking?.isOpen) return;
    const command = this.keys.read(event, isWriting(event), event.timeStamp);
    if (!command) return;
    event.preventDefault();
    void this.run(command);
  };

  private async run(command: Command): Promise<void> {
    const { session } = this;
    const inList = session.route.view === "entries";
    switch (command.do) {
      case "sheet":
        return this.sheet?.showModal();
      case "view":
        return void session.go({ view: command.view });
      case "search":
        if (!inList || (session.route.item && this.isNarrow)) session.go({ view: "entries" });
        await this.updateComplete;
        return this.filters?.focus();
      case "next":
        return this.walk(1);
      case "previous":
        return this.walk(-1);
      case "new":
        if (session.route.view === "suggestions") return session.decide("draft");
        return void (session.mayEdit && session.go({ view: "entries", item: newItem }));
      case "accept":
      case "dismiss":
        return void (session.route.view === "suggestions" && session.decide(command.do));
      case "try":
        if (!inList) session.go({ view: "entries" });
        await this.updateComplete;
        return this.entry?.try();
      case "save":
        return this.entry?.save();
      case "submit":
        return this.entry?.submit();
    }
  }

  private walk(step: 1 | -1): void {
    const { session } = this;
    if (session.route.view === "entries") session.walk(step);
    if (session.route.view === "review") session.walkReview(step);
    if (session.route.view === "suggestions") session.walkSuggestions(step);
  }

  private get isNarrow(): boolean {
    return matchMedia("(max-width: 1039.98px)").matches;
  }

  private async saveAndLeave(): Promise<void> {
    const { session } = this;
    const to = session.pending;
    session.settle(false);
    if (to && (await session.open.save())) session.go(to, { leave: true });
  }

  private readonly moved = (): void => this.session.moved();

  private readonly guard = (event: BeforeUnloadEvent): void => {
    if (this.session.open.isDirty) event.preventDefault();
  };

  private switchLanguage(): void {
    this.language = otherLanguage(this.language);
    choices.write("language", this.language);
  }
}
