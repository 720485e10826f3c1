import { css } from "lit";

/** A staff page: the bar over it, what it says as a whole, and the tabs at the foot of a narrow window. */
export const pageStyles = css`
  .page {
    display: flex;
    flex-direction: column;
    height: 100dvh;
    overflow: hidden;
    background: var(--paper-sunken);
  }
  .top {
    display: flex;
    flex: none;
    align-items: center;
    gap: var(--space-2);
    min-height: 48px;
    padding: 0 var(--space-3) 0 var(--space-4);
    border-block-end: 1px solid var(--line);
    background: var(--paper);
  }
  .mark-bilin {
    display: grid;
    flex: none;
    place-items: center;
    width: 28px;
    height: 28px;
    border-radius: var(--radius-small);
    background: var(--accent);
    color: var(--accent-ink);
  }
  h1 {
    font-size: var(--text-m);
    white-space: nowrap;
  }
  h1 .quiet {
    font-weight: 400;
  }
  .me {
    display: inline-flex;
    align-items: center;
    gap: var(--space-1);
    white-space: nowrap;
  }
  .space {
    flex: 1;
  }
  .problem {
    display: flex;
    align-items: center;
    gap: var(--space-2);
    padding: var(--space-2) var(--space-4);
    background: var(--warning-soft);
  }
  .problem > span {
    flex: 1;
  }
  .problem .icon {
    color: var(--warning);
  }
  main {
    flex: 1;
    min-height: 0;
  }
  .whole {
    display: grid;
    gap: var(--space-3);
    margin: auto;
    padding: var(--space-4);
    justify-items: center;
    text-align: center;
  }
  .panes {
    display: none;
  }
  @media (max-width: 1039.98px) {
    .panes {
      display: grid;
      flex: none;
      grid-auto-columns: 1fr;
      grid-auto-flow: column;
      border-block-start: 1px solid var(--line);
      background: var(--paper);
      padding-block-end: env(safe-area-inset-bottom);
    }
    .panes button {
      display: flex;
      align-items: center;
      justify-content: center;
      gap: var(--space-1);
      min-height: 48px;
      border: 0;
      border-block-start: 3px solid transparent;
      background: none;
      color: var(--ink-quiet);
    }
    .panes button:focus-visible {
      box-shadow: none;
      outline: 2px solid var(--accent-text);
      outline-offset: -4px;
    }
    .panes [aria-current="page"] {
      border-color: var(--accent-text);
      color: var(--accent-text);
      font-weight: var(--weight-strong);
    }
    .count {
      padding: 0 6px;
      border-radius: var(--radius-round);
      background: var(--accent);
      color: var(--accent-ink);
      font-size: var(--text-xs);
    }
  }
  @media (max-width: 640px) {
    h1,
    .me,
    .wide,
    .top kbd {
      display: none;
    }
  }
`;
