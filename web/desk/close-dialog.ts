import { html, nothing, type TemplateResult } from "lit";
import { state } from "lit/decorators.js";
import type { Outcome } from "../shared/protocol.ts";
import { DeskDialog } from "./dialogs.ts";

const outcomes: readonly Outcome[] = ["solved", "not_solved", "spam"];

/** How it went, asked when the agent closes a chat. Nothing is chosen beforehand: the bot's answers are judged by it later. */
export class CloseDialog extends DeskDialog {
  @state() private outcome: Outcome | null = null;
  @state() private entry = "";

  override show(): Promise<void> {
    this.outcome = null;
    this.entry = this.session.thread?.answersSoFar[0]?.entry_id ?? "";
    return super.show();
  }

  override render(): TemplateResult {
    const { t } = this;
    return html`<dialog aria-labelledby="title" data-testid="confirm-close"><form method="dialog" @submit=${this.confirm}>
      <h2 id="title">${t("confirm.close.title")}</h2>
      <p class="quiet">${t("confirm.close.about")}</p>
      <fieldset><legend>${t("confirm.close.outcome")}</legend>
        ${outcomes.map((outcome) => html`<label class="choice"><input type="radio" name="outcome" required value=${outcome} data-testid=${`outcome-${outcome}`}
          .checked=${this.outcome === outcome} @change=${() => (this.outcome = outcome)}>${t(`confirm.outcome.${outcome}`)}</label>
          ${outcome === "solved" && this.outcome === "solved" ? this.answers() : nothing}`)}
      </fieldset>
      <div class="actions">
        <button type="button" class="button" data-testid="confirm-no" @click=${this.hide}>${t("confirm.close.no")}</button>
        <button class="button danger" data-testid="confirm-yes">${t("confirm.close.yes")}</button>
      </div>
    </form></dialog>`;
  }

  private answers(): TemplateResult {
    const answers = this.session.thread?.answersSoFar ?? [];
    return html`<div class="inner"><label class="field"><span class="label">${this.t("confirm.close.answer")}</span>
      <select data-testid="outcome-entry" @change=${(event: Event) => (this.entry = (event.target as HTMLSelectElement).value)}>
        ${answers.map(({ entry_id, question }) => html`<option value=${entry_id} ?selected=${entry_id === this.entry}>${question}</option>`)}
        <option value="" ?selected=${this.entry === ""}>${this.t("confirm.close.no_answer")}</option>
      </select></label></div>`;
  }

  private confirm(event: Event): void {
    event.preventDefault();
    const { outcome, entry, session } = this;
    if (outcome === null) return;
    this.hide();
    if (session.selected === null) return;
    void session.close(session.selected, { outcome, ...(outcome === "solved" && entry ? { entry_id: entry } : {}) });
  }
}
