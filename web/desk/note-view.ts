import { css, html, nothing, type TemplateResult } from "lit";
import { langAttribute, type Translate } from "../shared/i18n.ts";
import { icon } from "../shared/icons.ts";
import type { Language, Note } from "../shared/protocol.ts";
import type { Written } from "./thread.ts";

/** A note in the log: across the whole width and in its own colour, so that nobody takes it for something said. */
export function noteView(note: Note, language: Language, t: Translate): TemplateResult {
  const at = new Date(note.created_at);
  const to = note.data.names?.[language] ?? note.data.to ?? "";
  const from = note.data.from === undefined ? "" : fromText(note.data.from, t);
  return html`<aside class="note" data-testid="note" data-kind=${note.kind} aria-label=${t("note.label")}>
    <p class="head">${icon("lock")}<strong>${t(`note.${note.kind}`, { name: note.author.name, to, from })}</strong>
      <time class="numbers" datetime=${note.created_at}>${at.toLocaleTimeString(language, { hour: "2-digit", minute: "2-digit", hour12: false })}</time></p>
    ${note.text ? html`<p class="typed">${note.text}</p>` : nothing}
  </aside>`;
}

/** A note that the server has not confirmed. */
export function pendingNote(written: Written, language: Language, t: Translate): TemplateResult {
  return html`<aside class="note pending" data-testid="note" data-state="pending" lang=${langAttribute(language)}>
    <p class="head">${icon("clock")}<strong>${t("note.pending")}</strong></p><p class="typed">${written.text}</p></aside>`;
}

function fromText(from: string, t: Translate): string {
  return from === "bot" ? t("sender.bot") : from === "waiting" ? t("queue.waiting") : from;
}

export const noteStyles = css`
  .note {
    padding: var(--space-2) var(--space-3);
    border-inline-start: 4px solid var(--warning);
    border-radius: var(--radius-small);
    background: var(--warning-soft);
    overflow-wrap: anywhere;
  }
  .note .head {
    display: flex;
    align-items: center;
    gap: var(--space-1);
    color: var(--warning);
    font-size: var(--text-xs);
  }
  .note .head time {
    margin-inline-start: auto;
  }
  .note .typed {
    white-space: pre-wrap;
  }
  .note.pending {
    opacity: 0.75;
  }
`;
