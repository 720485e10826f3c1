import { html, nothing, type TemplateResult } from "lit";
import { langAttribute, type Translate } from "../shared/i18n.ts";
import { icon } from "../shared/icons.ts";
import type { ChoicesMessage, Language, TextButton } from "../shared/protocol.ts";

interface Option {
  label: string;
  chosen: boolean;
  choose(): void;
}

/**
 * Buttons that stand for what could also be typed. Once answered they stay where they are, so that the focus does,
 * and do nothing.
 */
function options(list: Option[], answered: boolean, language: Language, t: Translate): TemplateResult {
  return html`<div class="options" role="group" aria-label=${t("choices.label")} lang=${langAttribute(language)}>
    ${list.map(({ label, chosen, choose }) => html`
      <button type="button" class="button ${chosen ? "chosen" : ""}" data-testid="choice"
        aria-disabled=${answered ? "true" : "false"} @click=${() => !answered && choose()}>
        <span>${label}</span>
        ${chosen ? html`<span class="unseen">${t("choices.chosen")}</span>${icon("online")}` : nothing}
      </button>`)}
  </div>`;
}

/** @param answer what the customer said next, or null while the question is open. */
export function choiceButtons(
  message: ChoicesMessage, answer: string | null, say: (text: string, choice: string) => void, t: Translate,
): TemplateResult {
  const { choices, none_label } = message.data;
  const all = [...choices, { entry_id: "none", label: none_label }];
  return options(
    all.map(({ entry_id, label }) => ({ label, chosen: label === answer, choose: () => say(label, entry_id) })),
    answer !== null, message.language, t,
  );
}

export function textButtons(
  buttons: TextButton[], answer: string | null, language: Language, say: (text: string) => void, t: Translate,
): TemplateResult {
  return options(
    buttons.map(({ label, text }) => ({ label, chosen: text === answer, choose: () => say(text) })),
    answer !== null, language, t,
  );
}
