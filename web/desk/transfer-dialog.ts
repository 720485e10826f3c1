import { html, nothing, type TemplateResult } from "lit";
import { state } from "lit/decorators.js";
import type { DeskColleague, DeskTeam } from "../shared/protocol.ts";
import type { Target } from "./desk-api.ts";
import { DeskDialog } from "./dialogs.ts";

const presences = ["online", "away", "break", "offline"];

/** To whom, and what they should know: for giving a chat away, and for asking a colleague about it. */
export class TransferDialog extends DeskDialog {
  @state() private advice = false;
  @state() private teams: readonly DeskTeam[] | null = null;
  @state() private colleagues: readonly DeskColleague[] = [];
  @state() private chosen = "";
  @state() private memo = "";

  async ask({ advice }: { advice: boolean }): Promise<void> {
    this.advice = advice;
    this.teams = null;
    this.chosen = "";
    this.memo = "";
    await this.show();
    const [teams, colleagues] = await this.session.destinations();
    this.teams = teams;
    this.colleagues = colleagues.toSorted((a, b) => presences.indexOf(a.presence) - presences.indexOf(b.presence) || a.load - b.load);
    await this.updateComplete;
    this.renderRoot.querySelector<HTMLElement>("input")?.focus();
  }

  override render(): TemplateResult {
    const { t, advice, teams } = this;
    const kind = advice ? "consult" : "transfer";
    return html`<dialog aria-labelledby="title" data-testid=${`${kind}-dialog`}><form method="dialog" @submit=${this.confirm}>
      <h2 id="title">${t(`dialog.${kind}.title`)}</h2>
      <p class="quiet">${t(`dialog.${kind}.about`)}</p>
      ${teams === null ? html`<div class="skeleton" role="status" aria-label=${t("transfer.loading")}>&nbsp;</div>` : this.lists(teams)}
      <label class="field"><span class="label">${t(`dialog.${kind}.memo`)}</span>
        <textarea rows="2" maxlength="2000" data-testid="memo" .value=${this.memo}
          @input=${(event: Event) => (this.memo = (event.target as HTMLTextAreaElement).value)}></textarea></label>
      <div class="actions">
        <button type="button" class="button" @click=${this.hide}>${t("transfer.cancel")}</button>
        <button class="button main" data-testid=${`${kind}-yes`} aria-disabled=${this.chosen ? "false" : "true"}>${t(`dialog.${kind}.yes`)}</button>
      </div>
    </form></dialog>`;
  }

  private lists(teams: readonly DeskTeam[]): TemplateResult {
    const { t, advice, colleagues } = this;
    if (colleagues.length === 0 && (advice || teams.length === 0)) return html`<p class="empty">${t("transfer.nobody")}</p>`;
    return html`<div class="scroll">
      ${advice || teams.length === 0 ? nothing : html`<fieldset><legend>${t("transfer.teams")}</legend>${teams.map((team) => this.team(team))}</fieldset>`}
      ${colleagues.length === 0 ? nothing : html`<fieldset><legend>${t("transfer.colleagues")}</legend>
        ${colleagues.map((colleague) => this.colleague(colleague))}</fieldset>`}
    </div>`;
  }

  private team({ id, name, open, waiting }: DeskTeam): TemplateResult {
    const present = this.colleagues.filter(({ teams, presence }) => presence === "online" && teams.includes(id)).length;
    const state = open ? this.t("transfer.open", { present, waiting }) : this.t("transfer.closed", { waiting });
    return this.choice(`team:${id}`, name[this.language], state, open && present > 0, true);
  }

  private colleague({ id, name, presence, load, capacity }: DeskColleague): TemplateResult {
    const about = `${this.t(`presence.${presence}`)} · ${load}/${capacity}`;
    // Advice may wait until they are back; a customer may not.
    const possible = this.advice || (presence !== "offline" && load < capacity);
    return this.choice(`person:${id}`, name, about, presence === "online" && load < capacity, possible);
  }

  private choice(value: string, name: string, about: string, free: boolean, possible: boolean): TemplateResult {
    return html`<label class="choice" data-testid="destination" data-id=${value}>
      <input type="radio" name="to" ?disabled=${!possible} .checked=${this.chosen === value} @change=${() => (this.chosen = value)}>
      <span>${name}</span><span class="label more numbers ${free ? "good" : ""}">${about}</span></label>`;
  }

  private async confirm(event: Event): Promise<void> {
    event.preventDefault();
    const { chosen, memo, session } = this;
    const id = session.selected;
    if (!chosen || id === null) return;
    this.hide();
    const [kind, value] = [chosen.slice(0, chosen.indexOf(":")), chosen.slice(chosen.indexOf(":") + 1)];
    const target: Target = kind === "team" ? { team_id: value } : { colleague_id: Number(value) };
    if (this.advice && "colleague_id" in target) await session.consult(id, target.colleague_id, memo);
    else await session.transfer(id, target, memo);
  }
}
