import { css, html, type PropertyValues, type TemplateResult } from "lit";
import { query } from "lit/decorators.js";
import { fitHeight } from "../shared/composing.ts";
import { foundation } from "../shared/foundation.ts";
import { icon } from "../shared/icons.ts";
import { DeskPart } from "./desk-part.ts";
import { deskStyles } from "./desk-styles.ts";

const limit = 2000;

/** Where notes are written: another place, another colour and another key than where replies are. */
export class NoteBox extends DeskPart {
  static override styles = [foundation, deskStyles, css`
    :host {
      padding: var(--space-2) var(--space-3) var(--space-3);
      border-block-start: 4px solid var(--warning);
      background: var(--warning-soft);
    }
    form {
      display: flex;
      align-items: flex-end;
      gap: var(--space-2);
    }
    textarea {
      flex: 1;
      min-width: 0;
      min-height: var(--target-dense);
      max-height: 112px;
      padding: 6px var(--space-2);
      border: 1px dashed var(--warning);
      border-radius: var(--radius-small);
      background: var(--paper-raised);
      font-size: var(--text-s);
      line-height: 1.5;
      resize: none;
    }
    textarea::placeholder {
      color: var(--ink-quiet);
      opacity: 1;
    }
    .button {
      border-color: var(--warning);
      color: var(--warning);
    }
    @media (pointer: coarse) {
      textarea {
        font-size: 16px;
      }
    }
  `];

  @query("textarea") private box!: HTMLTextAreaElement;

  override focus(options?: FocusOptions): void {
    this.box.focus(options);
  }

  override updated(_changes: PropertyValues): void {
    fitHeight(this.box);
  }

  override render(): TemplateResult {
    const { t, session } = this;
    const text = session.thread?.noteDraft ?? "";
    return html`<form @submit=${this.submit}>
      <div class="unseen" id="about">${t("note.about")}</div>
      <textarea id="note" rows="1" maxlength=${limit} data-testid="note-box" aria-label=${t("note.write")} aria-describedby="about"
        placeholder=${t("note.placeholder")} .value=${text} @input=${() => session.writeNote(this.box.value)} @keydown=${this.pressed}></textarea>
      <button class="button" data-testid="save-note" aria-disabled=${text.trim() ? "false" : "true"}>${icon("lock")}${t("note.save")}</button>
    </form>`;
  }

  /** Enter makes a new line here: who is used to sending with it does not save a note by habit, or the reverse. */
  private pressed(event: KeyboardEvent): void {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && !event.isComposing) this.submit(event);
  }

  private submit(event: Event): void {
    event.preventDefault();
    this.session.note(this.box.value);
    this.box.focus();
  }
}
