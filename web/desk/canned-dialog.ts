import { css, html, type TemplateResult } from "lit";
import { state } from "lit/decorators.js";
import { icon } from "../shared/icons.ts";
import type { CannedReply, Language } from "../shared/protocol.ts";
import { DeskDialog } from "./dialogs.ts";

const blank: CannedReply = { id: "", title: { zh: "", en: "" }, text: { zh: "", en: "" }, version: 0, updated_by: null };

/** Where supervisors write the canned replies, both languages side by side. */
export class CannedDialog extends DeskDialog {
  static override styles = [...DeskDialog.styles, css`
    dialog {
      width: min(760px, calc(100vw - var(--space-4)));
    }
    .columns {
      display: grid;
      grid-template-columns: 200px minmax(0, 1fr);
      gap: var(--space-4);
    }
    .both {
      display: grid;
      grid-template-columns: 1fr 1fr;
      gap: var(--space-3);
    }
    nav {
      max-height: 400px;
      overflow-y: auto;
    }
    nav button {
      display: block;
      width: 100%;
      min-height: var(--target-dense);
      padding: 2px var(--space-2);
      border: 0;
      border-radius: var(--radius-small);
      background: none;
      text-align: start;
    }
    nav [aria-current="true"] {
      background: var(--accent-soft);
      font-weight: var(--weight-strong);
    }
    .main-part {
      display: grid;
      gap: var(--space-3);
      align-content: start;
    }
    @media (max-width: 640px) {
      .columns,
      .both {
        grid-template-columns: minmax(0, 1fr);
      }
      nav {
        max-height: 132px;
      }
    }
  `];

  @state() private edited: CannedReply = blank;

  override show(): Promise<void> {
    this.edited = this.session.canned[0] ?? blank;
    return super.show();
  }

  override render(): TemplateResult {
    const { t, session, edited, language } = this;
    return html`<dialog aria-labelledby="title" data-testid="canned-dialog"><form method="dialog" @submit=${this.save}>
      <header><h2 id="title">${t("canned.edit")}</h2>
        <button type="button" class="button bare square" aria-label=${t("canned.close")} @click=${this.hide}>${icon("close")}</button></header>
      <div class="columns">
        <nav aria-label=${t("canned.title")}>
          ${session.canned.map((reply) => html`<button type="button" aria-current=${reply.id === edited.id ? "true" : "false"}
            @click=${() => (this.edited = reply)}>${reply.title[language]} <kbd>/${reply.id}</kbd></button>`)}
          <button type="button" data-testid="canned-new" @click=${() => (this.edited = blank)}>${icon("plus")}${t("canned.new")}</button>
        </nav>
        <div class="main-part">
          <label class="field"><span class="label">${t("canned.id")}</span>
            <input type="text" required pattern="[a-z0-9][a-z0-9_\\-]{0,39}" data-testid="canned-id" .value=${edited.id}
              ?readonly=${this.exists} @input=${(event: Event) => this.change({ id: this.value(event) })}></label>
          <div class="both">${(["zh", "en"] as const).map((each) => this.column(each))}</div>
          <p class="label">${t("canned.placeholders")}</p>
          <div class="actions">
            ${this.exists ? html`<button type="button" class="button danger" data-testid="canned-withdraw" @click=${this.withdraw}>${t("canned.withdraw")}</button>` : ""}
            <button class="button main" data-testid="canned-save">${t("canned.save")}</button>
          </div>
        </div>
      </div>
    </form></dialog>`;
  }

  private get exists(): boolean {
    return this.session.canned.some(({ id }) => id === this.edited.id && this.edited !== blank);
  }

  private column(of: Language): TemplateResult {
    const { t, edited } = this;
    return html`<div class="main-part">
      <label class="field"><span class="label">${t(`canned.name.${of}`)}</span><input type="text" required maxlength="60" data-testid=${`canned-name-${of}`}
        .value=${edited.title[of]} @input=${(event: Event) => this.change({ title: { ...this.edited.title, [of]: this.value(event) } })}></label>
      <label class="field"><span class="label">${t(`canned.text.${of}`)}</span><textarea rows="6" required maxlength="2000" data-testid=${`canned-text-${of}`}
        .value=${edited.text[of]} @input=${(event: Event) => this.change({ text: { ...this.edited.text, [of]: this.value(event) } })}></textarea></label>
    </div>`;
  }

  private change(change: Partial<CannedReply>): void {
    this.edited = { ...this.edited, ...change };
  }

  private value(event: Event): string {
    return (event.target as HTMLInputElement | HTMLTextAreaElement).value;
  }

  private async save(event: Event): Promise<void> {
    event.preventDefault();
    const { id } = this.edited;
    if (!(await this.session.saveCanned(this.edited))) return this.hide();
    this.edited = this.session.canned.find((reply) => reply.id === id) ?? blank;
  }

  private async withdraw(): Promise<void> {
    await this.session.withdrawCanned(this.edited.id);
    this.edited = this.session.canned[0] ?? blank;
  }
}
