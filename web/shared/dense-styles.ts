import { css } from "lit";

/** What the parts of staff pages share: dense controls, quiet headings, marks, and the drawn states. */
export const denseStyles = css`
  :host {
    font-size: var(--text-s);
  }
  .button {
    min-height: var(--target-dense);
    padding-inline: var(--space-3);
  }
  .button.square {
    min-width: var(--target-dense);
    padding: 0;
  }
  h2,
  h3 {
    font-size: var(--text-s);
  }
  .label {
    color: var(--ink-quiet);
    font-size: var(--text-xs);
    font-weight: 400;
  }
  .numbers {
    font-variant-numeric: tabular-nums;
  }
  .mark {
    display: inline-flex;
    align-items: center;
    gap: var(--space-1);
    padding: 0 6px;
    border-radius: var(--radius-round);
    background: var(--paper-sunken);
    color: var(--ink-quiet);
    font-size: var(--text-xs);
    line-height: 1.7;
    white-space: nowrap;
  }
  .empty,
  .error {
    display: grid;
    justify-items: start;
    gap: var(--space-2);
    padding: var(--space-3);
    color: var(--ink-quiet);
  }
  .error p {
    white-space: pre-line;
  }
  .error {
    border-radius: var(--radius-small);
    background: var(--danger-soft);
    color: var(--ink);
  }
  kbd {
    padding: 0 var(--space-1);
    border: 1px solid var(--line);
    border-radius: var(--space-1);
    background: var(--paper-sunken);
    color: var(--ink-quiet);
    font: var(--text-xs) / 1.6 var(--font);
    white-space: nowrap;
  }
  @media (pointer: coarse) {
    kbd {
      display: none;
    }
  }
`;
