import { html, type TemplateResult } from "lit";
import type { Translate } from "../shared/i18n.ts";

export interface Leaving {
  save(): void;
  keep(): void;
  drop(): void;
  stay(): void;
}

/** Asked when somebody leaves an entry with writing that is not saved; nothing is lost by any but "drop". */
export function leaveDialog(t: Translate, { save, keep, drop, stay }: Leaving): TemplateResult {
  return html`<dialog id="leave" aria-labelledby="leave-title" data-testid="leave" @close=${stay}>
    <form method="dialog">
      <h2 id="leave-title">${t("leave.title")}</h2>
      <p>${t("leave.about")}</p>
      <div class="actions">
        <button class="button" data-testid="leave-stay">${t("leave.stay")}</button>
        <button class="button danger" data-testid="leave-drop" @click=${drop}>${t("leave.drop")}</button>
        <button class="button" data-testid="leave-keep" @click=${keep}>${t("leave.keep")}</button>
        <button class="button main" data-testid="leave-save" autofocus @click=${save}>${t("leave.save")}</button>
      </div>
    </form>
  </dialog>`;
}
