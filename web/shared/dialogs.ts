import { css, html, type TemplateResult } from "lit";
import type { Translate } from "./i18n.ts";
import { icon } from "./icons.ts";

/** A row of the sheet: keys, and the key of the text that says what they do. */
export type ShortcutRow = readonly [keys: string, text: string];

/** The sheet of shortcuts; the browser's own modal dialogs keep the focus, close on Escape and give the focus back. */
export function shortcutSheet(t: Translate, rows: readonly ShortcutRow[]): TemplateResult {
  return html`<dialog id="shortcuts" aria-labelledby="shortcuts-title" data-testid="shortcuts">
    <form method="dialog">
      <header><h2 id="shortcuts-title">${t("shortcuts.title")}</h2>
        <button class="button bare square" aria-label=${t("shortcuts.close")}>${icon("close")}</button></header>
      <dl>${rows.map(([keys, text]) => html`<dt><kbd>${keys}</kbd></dt><dd>${t(text)}</dd>`)}</dl>
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
