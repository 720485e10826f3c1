import { css, html, type TemplateResult } from "lit";
import { langAttribute, type Translate } from "../shared/i18n.ts";
import type { CannedReply, Language } from "../shared/protocol.ts";

/** The canned replies that fit what was typed after the `/`, over the reply box. */
export function cannedList(
  replies: readonly CannedReply[], at: number, language: Language, t: Translate, insert: (reply: CannedReply) => void,
): TemplateResult {
  return html`<div class="canned" data-testid="canned">
    <p class="label">${t(replies.length > 0 ? "canned.how" : "canned.none")}</p>
    <ul class="plain" role="listbox" id="canned" aria-label=${t("canned.title")} lang=${langAttribute(language)}>
      ${replies.map((reply, place) => html`
        <li role="option" id=${`canned-${reply.id}`} aria-selected=${place === at ? "true" : "false"} data-id=${reply.id}
          @mousedown=${(event: Event) => event.preventDefault()} @click=${() => insert(reply)}>
          <strong>${reply.title[language]}</strong> <kbd>/${reply.id}</kbd>
          <span class="text">${reply.text[language]}</span></li>`)}
    </ul></div>`;
}

export const cannedListStyles = css`
  .canned {
    position: absolute;
    inset-inline: var(--space-4);
    inset-block-end: calc(100% - var(--space-2));
    display: flex;
    flex-direction: column;
    max-height: 288px;
    padding: var(--space-2);
    border: 1px solid var(--line-strong);
    border-radius: var(--radius);
    background: var(--paper-raised);
    box-shadow: var(--shadow-high);
    z-index: 2;
  }
  .canned .label {
    padding: 0 var(--space-2) var(--space-1);
  }
  .canned ul {
    overflow-y: auto;
  }
  .canned li {
    padding: var(--space-1) var(--space-2);
    border-radius: var(--radius-small);
    cursor: pointer;
  }
  .canned li[aria-selected="true"] {
    background: var(--accent-soft);
    box-shadow: inset 3px 0 0 var(--accent-text);
  }
  .canned .text {
    display: -webkit-box;
    overflow: hidden;
    color: var(--ink-quiet);
    -webkit-box-orient: vertical;
    -webkit-line-clamp: 1;
    line-clamp: 1;
  }
`;
