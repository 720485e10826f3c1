import { css, html, type TemplateResult } from "lit";
import { langAttribute, type Translate } from "../shared/i18n.ts";
import { icon, type IconName } from "../shared/icons.ts";
import type { FormMessage } from "../shared/protocol.ts";

const marks = { done: "online", current: "current", todo: "todo" } as const satisfies Record<string, IconName>;

/** What a form has, what it is asking now, and what it will ask. */
export function formSteps(message: FormMessage, t: Translate): TemplateResult {
  return html`<ol class="plain steps" aria-label=${t("form.label")} lang=${langAttribute(message.language)}>
    ${message.data.fields.map(({ label, state }) => html`
      <li class=${state} aria-current=${state === "current" ? "step" : "false"}>
        ${icon(marks[state])}<span>${label}</span><span class="step-state">${t(`form.${state}`)}</span>
      </li>`)}
  </ol>`;
}

export const formStyles = css`
  .steps {
    display: grid;
    gap: var(--space-1);
    padding: var(--space-2) var(--space-3);
    border: 1px solid var(--line);
    border-radius: var(--radius);
    background: var(--paper-raised);
    font-size: var(--text-s);
  }
  .steps li {
    display: flex;
    align-items: center;
    gap: var(--space-2);
    color: var(--ink-quiet);
  }
  .steps .done .icon {
    color: var(--good);
  }
  .steps .current {
    color: var(--ink);
    font-weight: var(--weight-strong);
  }
  .steps .current .icon {
    color: var(--accent-text);
  }
  .step-state {
    margin-inline-start: auto;
    color: var(--ink-quiet);
    font-size: var(--text-xs);
    font-weight: 400;
  }
`;
