import { html, nothing, type TemplateResult } from "lit";
import { langAttribute, type Translate } from "../shared/i18n.ts";
import type { Language, OtherConversation } from "../shared/protocol.ts";

/** The customer's other conversations: when, how each ended, and what it was about. */
export function othersList(
  others: readonly OtherConversation[] | null, language: Language, t: Translate, show: (id: string) => void,
): TemplateResult {
  if (others === null || others.length === 0) return html`<p class="quiet">${t("customer.others.none")}</p>`;
  return html`<ul class="plain others">${others.map((other) => html`<li>
    <button type="button" class="button bare" data-testid="other" data-id=${other.id} @click=${() => show(other.id)}>
      <time class="numbers" datetime=${other.created_at}>${new Date(other.created_at).toLocaleDateString(language)}</time></button>
    <span class="mark">${t(other.outcome ? `confirm.outcome.${other.outcome}` : `owner.${other.owner}`)}</span>
    ${other.open_complaint ? html`<span class="mark complaint" data-testid="open-complaint">${t("customer.open_complaint")}</span>` : nothing}
    <span class="quiet" lang=${langAttribute(other.language)}>${other.wants}</span></li>`)}</ul>`;
}
