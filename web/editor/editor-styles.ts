import { css, type CSSResultGroup } from "lit";
import { denseStyles } from "../shared/dense-styles.ts";

/** What the console's parts share: the dense controls of staff pages, boxes to write in, and the marks of states. */
export const editorStyles: CSSResultGroup = [denseStyles, css`
  input:not([type="checkbox"], [type="radio"]),
  textarea,
  select {
    width: 100%;
    min-width: 0;
    min-height: var(--target-dense);
    padding: var(--space-1) var(--space-2);
    border: 1px solid var(--line-strong);
    border-radius: var(--radius-small);
    background: var(--paper-raised);
    color: var(--ink);
    font: inherit;
  }
  textarea {
    display: block;
    resize: vertical;
  }
  input:read-only:not([type="checkbox"], [type="radio"], [type="file"]),
  textarea:read-only,
  select:disabled {
    border-color: var(--line);
    background: var(--paper-sunken);
  }
  input[type="checkbox"],
  input[type="radio"] {
    flex: none;
    width: 16px;
    height: 16px;
    margin: 0;
    accent-color: var(--accent);
  }
  [aria-invalid="true"] {
    border-color: var(--danger) !important;
    border-width: 2px !important;
  }
  .button {
    flex: none;
    white-space: nowrap;
  }
  .field {
    display: grid;
    grid-template-columns: minmax(0, 1fr);
    align-content: start;
    gap: 2px;
    min-width: 0;
  }
  .mark.published,
  .mark.answer,
  .mark.new {
    background: var(--good-soft);
    color: var(--good);
  }
  .mark.in_review,
  .mark.changed {
    background: var(--information-soft);
    color: var(--information);
  }
  .mark.gap,
  .mark.warning,
  .mark.clarify {
    background: var(--warning-soft);
    color: var(--warning);
  }
  .mark.error,
  .mark.refused {
    display: inline-flex;
    gap: var(--space-1);
    padding: 0 6px;
    border-radius: var(--radius-round);
    background: var(--danger-soft);
    color: var(--danger);
  }
  .mark.unsaved {
    background: var(--accent-soft);
    color: var(--accent-text);
  }
  .actions {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: var(--space-2);
  }
  .banner {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: var(--space-1) var(--space-2);
    padding: var(--space-1) var(--space-3);
    border-radius: var(--radius-small);
    background: var(--information-soft);
  }
  .banner > span {
    flex: 1 1 200px;
  }
  .banner.warning {
    background: var(--warning-soft);
  }
  .banner.danger {
    background: var(--danger-soft);
  }
  .banner.good {
    background: var(--good-soft);
  }
  .banner > .icon {
    color: var(--information);
  }
  .banner.warning > .icon {
    color: var(--warning);
  }
  .banner.danger > .icon {
    color: var(--danger);
  }
  .banner.good > .icon {
    color: var(--good);
  }
  .skeletons {
    display: grid;
    gap: var(--space-2);
    padding: var(--space-3);
  }
  .skeletons .skeleton {
    height: 44px;
  }
  .code {
    font-family: var(--font-code);
    font-size: var(--text-xs);
    overflow-wrap: anywhere;
  }
  @media (pointer: coarse) {
    input,
    textarea,
    select {
      font-size: max(16px, var(--text-s)) !important;
    }
  }
`];
