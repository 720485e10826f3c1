import { html, type TemplateResult } from "lit";
import type { Translate } from "../shared/i18n.ts";

export function closeDialog(t: Translate, confirm: () => void): TemplateResult {
  return html`<dialog id="confirm-close" aria-labelledby="confirm-title" data-testid="confirm-close">
    <form method="dialog">
      <h2 id="confirm-title">${t("confirm.close.title")}</h2>
      <p>${t("confirm.close.about")}</p>
      <div class="actions">
        <button class="button" data-testid="confirm-no">${t("confirm.close.no")}</button>
        <button class="button danger" data-testid="confirm-yes" @click=${confirm}>${t("confirm.close.yes")}</button>
      </div>
    </form>
  </dialog>`;
}
