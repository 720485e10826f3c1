import { css, html, nothing, type TemplateResult } from "lit";
import { query, queryAll } from "lit/decorators.js";
import { foundation } from "../shared/foundation.ts";
import { icon } from "../shared/icons.ts";
import type { Observable } from "../shared/observable.ts";
import type { Language } from "../shared/protocol.ts";
import { EditorPart } from "./editor-part.ts";
import { editorStyles } from "./editor-styles.ts";
import type { EntryDock } from "./entry-dock.ts";
import { languages, type Entry, type EntrySummary, type Finding, type Gap, type Variant } from "./knowledge.ts";
import { failure, moment, skeletons, statusMark } from "./marks.ts";
import { newItem } from "./route.ts";
import type { VariantForm } from "./variant-form.ts";

/** The open entry: its two languages beside each other, its properties, and the dock at its foot. */
export class EntryPane extends EditorPart {
  static override styles = [foundation, editorStyles, css`
    :host {
      display: flex;
      flex-direction: column;
      min-width: 0;
      min-height: 0;
      background: var(--paper-sunken);
    }
    header {
      display: flex;
      flex: none;
      flex-wrap: wrap;
      align-items: center;
      gap: var(--space-1) var(--space-2);
      min-height: 48px;
      padding: 6px var(--space-4);
      border-block-end: 1px solid var(--line);
      background: var(--paper);
    }
    header .name {
      display: flex;
      flex: 1 1 120px;
      align-items: center;
      gap: var(--space-1) var(--space-2);
      min-width: 0;
    }
    .name > * {
      flex: none;
    }
    .name h2,
    .name .label,
    span.name {
      overflow: hidden;
      text-overflow: ellipsis;
      white-space: nowrap;
    }
    .name h2 {
      flex: 0 1 auto;
      min-width: 12ch;
      font-size: var(--text-s);
    }
    .name .label {
      flex: 0 1 auto;
    }
    .back {
      display: none;
    }
    .body {
      display: grid;
      flex: 1;
      align-content: start;
      gap: var(--space-3);
      min-height: 0;
      overflow-y: auto;
      padding: var(--space-3) var(--space-4) var(--space-4);
    }
    .sides {
      display: grid;
      grid-template-columns: repeat(auto-fit, minmax(280px, 1fr));
      gap: var(--space-4);
    }
    .sides > *,
    editor-properties {
      padding: var(--space-3);
      border: 1px solid var(--line);
      border-radius: var(--radius-small);
      background: var(--paper);
    }
    .banner .button {
      min-height: 28px;
    }
    .missing {
      scroll-margin: var(--space-3);
    }
    .none {
      flex: 1;
      align-content: center;
      justify-items: center;
      text-align: center;
    }
    editor-merge {
      flex: 1;
      min-height: 0;
      overflow-y: auto;
    }
    @media (max-width: 1039.98px) {
      .back {
        display: inline-flex;
      }
      header {
        padding-inline: var(--space-2);
      }
      .body {
        padding-inline: var(--space-3);
      }
    }
    @media (max-width: 640px) {
      header kbd {
        display: none;
      }
      header .name {
        flex: 1 1 calc(100% - var(--space-16));
        flex-wrap: wrap;
      }
      .name h2 {
        flex: 0 0 100%;
      }
      header > [role="status"]:not(:empty) {
        flex: 1 1 112px;
        padding-inline-start: var(--space-1);
      }
      header .actions {
        margin-inline-start: auto;
      }
    }
  `];

  @query("editor-dock") private dock!: EntryDock | null;
  @query(".missing") private missing!: HTMLElement | null;
  @queryAll("editor-variant") private forms!: NodeListOf<VariantForm>;

  protected override observables(): readonly Observable[] {
    return [this.session.open, this.session.open.checks, this.session.pages];
  }

  async save(): Promise<void> {
    if (!this.session.mayEdit || (await this.session.open.save())) return;
    await this.updateComplete;
    this.missing?.scrollIntoView({ block: "nearest" });
  }

  /** Stores what is typed, and hands it to the reviewers with a comment. */
  async submit(): Promise<void> {
    const { session, t } = this;
    if (!this.canSubmit || !(await session.open.save())) return;
    const comment = await this.ask({
      title: t("submit.title"), about: t("submit.about"), confirm: t("submit.yes"),
      comment: { label: t("submit.comment"), required: false },
    });
    if (comment !== null) await session.open.submit(comment);
  }

  try(): void {
    void this.dock?.try();
  }

  override render(): TemplateResult {
    const { open } = this.session;
    return html`${this.content()}
      ${open.conflict
        ? nothing
        : html`<editor-dock .session=${this.session} .t=${this.t} .language=${this.language} @reveal=${this.reveal}></editor-dock>`}`;
  }

  private content(): TemplateResult {
    const { session, t } = this;
    const { open } = session;
    const again = (): void => void open.open(open.item!);
    switch (open.state) {
      case "none":
        return html`<div class="empty none"><p>${t("entry.none")}</p><p>${t("entry.none.hint")}</p></div>`;
      case "loading":
        return html`<header>${this.back()}<span class="name code">${open.item}</span></header><div class="body">${skeletons(t("entry.loading"), 5)}</div>`;
      case "missing":
        return html`<header>${this.back()}<span class="name code">${open.item}</span></header><div class="body">${failure(t("entry.missing"), t, null)}</div>`;
      case "unreachable":
        return html`<header>${this.back()}<span class="name code">${open.item}</span></header>
          <div class="body">${failure(`${t("entry.error")}\n${t("app.unreachable")}`, t, again)}</div>`;
      case "ready":
        return html`${this.head()}${open.conflict
          ? html`<editor-merge .session=${session} .t=${t} .language=${this.language}></editor-merge>`
          : this.form()}`;
    }
  }

  private head(): TemplateResult {
    const { session, t } = this;
    const { open } = session;
    const { base } = open;
    return html`<header>
      ${this.back()}
      <div class="name">
        <h2 class=${base ? "code" : ""} title=${base?.id ?? nothing} data-testid="entry-name">${base ? base.id : t("entry.new")}</h2>
        ${base ? statusMark(base.status, t) : nothing}
        ${base ? html`<span class="label numbers">${t("revision.number", { number: base.revision })} · ${base.author}</span>` : nothing}
      </div>
      <span class="label" role="status" data-testid="save-state" data-dirty=${open.isDirty ? "true" : "false"}>${this.saveState()}</span>
      <div class="actions">
        ${session.mayReview && base?.live_revision
          ? html`<button type="button" class="button bare" data-testid="withdraw" @click=${() => void this.withdraw()}>${t("entry.withdraw")}</button>`
          : nothing}
        ${base?.status === "in_review" && (base.author === session.login || session.mayReview)
          ? html`<button type="button" class="button bare" data-testid="take-back" @click=${() => void this.takeBack()}>${t("entry.take_back")}</button>`
          : nothing}
        ${session.mayEdit && !open.conflict
          ? html`<button type="button" class="button" data-testid="save" aria-disabled=${open.isDirty && !open.busy ? "false" : "true"}
                @click=${() => void this.save()}>${t(open.busy === "saving" ? "entry.saving" : "entry.save")}<kbd>Ctrl+S</kbd></button>
              <button type="button" class="button main" data-testid="submit" aria-disabled=${this.canSubmit && !open.busy ? "false" : "true"}
                @click=${() => void this.submit()}>${t("entry.submit")}</button>`
          : nothing}
      </div>
    </header>`;
  }

  private back(): TemplateResult {
    return html`<button type="button" class="button bare square back" data-testid="back" aria-label=${this.t("entry.back")}
      @click=${() => this.session.go({ item: null })}>${icon("back")}</button>`;
  }

  private saveState(): string {
    const { open } = this.session;
    if (open.isDirty) return this.t("entry.kept");
    return open.savedAt ? this.t("entry.saved") : "";
  }

  private get canSubmit(): boolean {
    const { open, mayEdit } = this.session;
    return mayEdit && open.state === "ready" && !open.conflict && (open.isDirty || open.base?.status === "draft");
  }

  private form(): TemplateResult {
    const { session, t, language } = this;
    const { open } = session;
    const locked = !session.mayEdit;
    const properties = html`<editor-properties .entry=${open.content} .t=${t} .language=${language} .missing=${open.missing} ?locked=${locked} ?fresh=${open.item === newItem}
        .scenarios=${session.pages.counts?.scenarios.map(({ id }) => id) ?? []} .search=${this.search}
        @write=${(event: CustomEvent<Entry>) => open.write(event.detail)}></editor-properties>`;
    return html`<div class="body">
      ${this.banners()}
      ${open.item === newItem ? properties : nothing}
      <div class="sides">${languages.map((of) => html`<editor-variant .of=${of} .variant=${open.content.variants[of]} .t=${t}
        .findings=${open.checks.findings.filter((finding) => finding.language === of)} ?locked=${locked} ?risky=${open.content.risk_class === "product"}
        @write=${(event: CustomEvent<Variant>) => this.writeVariant(of, event.detail)}></editor-variant>`)}</div>
      ${open.item === newItem ? nothing : properties}
    </div>`;
  }

  private banners(): TemplateResult {
    const { session, t } = this;
    const { open } = session;
    return html`
      ${open.restoredAt
        ? html`<div class="banner" data-testid="restored">${icon("clock")}<span>${t("entry.restored", { time: moment(open.restoredAt) })}</span>
            <button type="button" class="button" data-testid="drop" @click=${() => open.drop()}>${t("entry.drop")}</button></div>`
        : nothing}
      ${open.missing.length > 0
        ? html`<div class="banner danger missing" role="alert" data-testid="missing">${icon("warning")}<span>${t("missing.title")}${open.missing.map((key) => t(key)).join(t("missing.and"))}</span></div>`
        : nothing}
      ${open.base?.status === "in_review"
        ? html`<div class="banner">${icon("information")}<span>${t("entry.in_review")}</span></div>`
        : nothing}
      ${!session.mayEdit ? html`<div class="banner">${icon("lock")}<span>${t("entry.locked")}</span></div>` : nothing}
      ${open.base?.gaps.map((gap) => this.gapBanner(gap))}`;
  }

  private gapBanner(gap: Gap): TemplateResult {
    const { session, t } = this;
    const outdated = gap.endsWith("_outdated");
    return html`<div class="banner warning" data-testid="gap" data-gap=${gap}>${icon("warning")}<span>${t(`gap.about.${gap}`)}</span>
      ${outdated && session.mayEdit
        ? html`<button type="button" class="button" data-testid="still-right" @click=${() => void session.open.save(gap.slice(0, 2) as Language)}>
            ${t("gap.still_right")}</button>`
        : nothing}</div>`;
  }

  private readonly search = (text: string): Promise<readonly EntrySummary[]> => this.session.find(text);

  private writeVariant(language: Language, variant: Variant): void {
    const { open } = this.session;
    open.write({ ...open.content, variants: { ...open.content.variants, [language]: variant } });
  }

  private reveal(event: CustomEvent<Finding>): void {
    const { language, field, excerpt } = event.detail;
    const form = [...this.forms].find(({ of }) => of === language);
    if (form && field !== "entry") form.reveal(field, excerpt);
  }

  private async withdraw(): Promise<void> {
    const { session, t } = this;
    const comment = await this.ask({
      title: t("withdraw.title"), about: t("withdraw.about"), confirm: t("withdraw.yes"), danger: true,
      comment: { label: t("withdraw.comment"), required: true },
    });
    if (comment !== null) await session.open.withdraw(comment);
  }

  private async takeBack(): Promise<void> {
    const { session, t } = this;
    const comment = await this.ask({
      title: t("take_back.title"), about: t("take_back.about"), confirm: t("take_back.yes"),
      comment: { label: t("take_back.comment"), required: false },
    });
    if (comment !== null) await session.open.takeBack(comment);
  }
}
