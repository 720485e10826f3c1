import { css, html, type TemplateResult } from "lit";
import type { Translate } from "../shared/i18n.ts";
import { icon } from "../shared/icons.ts";
import { sheet } from "./shortcuts.ts";

/** The browser's own modal dialogs: they keep the focus, close on Escape and give the focus back. */
export function shortcutSheet(t: Translate): TemplateResult {
  return html`<dialog id="shortcuts" aria-labelledby="shortcuts-title" data-testid="shortcuts">
    <form method="dialog">
      <header><h2 id="shortcuts-title">${t("shortcuts.title")}</h2>
        <button class="button bare square" aria-label=${t("shortcuts.close")}>${icon("close")}</button></header>
      <dl>${sheet.map(([keys, text]) => html`<dt><kbd>${keys}</kbd></dt><dd>${t(text)}</dd>`)}</dl>
    </form>
  </dialog>`;
}

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

export const dialogStyles = css`
  dialog {
    width: min(440px, calc(100vw - var(--space-8)));
    padding: var(--space-5);
    border: 1px solid var(--line);
    border-radius: var(--radius);
    background: var(--paper-raised);
    color: var(--ink);
    box-shadow: var(--shadow-high);
  }
  dialog::backdrop {
    background: var(--shade);
  }
  dialog form {
    display: grid;
    gap: var(--space-3);
  }
  dialog header {
    display: flex;
    align-items: center;
    justify-content: space-between;
  }
  dialog h2 {
    font-size: var(--text-l);
  }
  dialog dl {
    display: grid;
    grid-template-columns: auto 1fr;
    gap: var(--space-2) var(--space-4);
  }
  dialog .actions {
    display: flex;
    flex-wrap: wrap;
    justify-content: flex-end;
    gap: var(--space-2);
  }
  dialog kbd {
    display: inline;
  }
`;
