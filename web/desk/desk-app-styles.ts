import { css } from "lit";

/** Three panes side by side; one at a time, with tabs at the foot, where they do not fit. */
export const deskAppStyles = css`
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
  .line,
  .me {
    display: inline-flex;
    align-items: center;
    gap: var(--space-1);
    white-space: nowrap;
  }
  .line {
    margin-inline-start: var(--space-3);
    color: var(--ink-quiet);
    font-size: var(--text-xs);
  }
  .line.online {
    color: var(--good);
  }
  .line.offline {
    color: var(--danger);
    font-weight: var(--weight-strong);
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
    display: grid;
    flex: 1;
    grid-template-columns: 312px minmax(0, 1fr) 320px;
    grid-template-rows: minmax(0, 1fr);
    min-height: 0;
  }
  desk-queue {
    border-inline-end: 1px solid var(--line);
  }
  desk-customer {
    border-inline-start: 1px solid var(--line);
  }
  .whole {
    display: grid;
    gap: var(--space-3);
    margin: auto;
    padding: var(--space-4);
    justify-items: center;
    text-align: center;
  }
  nav {
    display: none;
  }
  @media (max-width: 1039.98px) {
    main {
      grid-template-columns: minmax(0, 1fr);
    }
    desk-queue,
    desk-customer {
      border: 0;
    }
    main[data-pane="queue"] > :not(desk-queue),
    main[data-pane="conversation"] > :not(desk-conversation),
    main[data-pane="customer"] > :not(desk-customer) {
      display: none;
    }
    nav {
      display: grid;
      flex: none;
      grid-template-columns: repeat(3, 1fr);
      border-block-start: 1px solid var(--line);
      background: var(--paper);
      padding-block-end: env(safe-area-inset-bottom);
    }
    nav button {
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
    nav button:focus-visible {
      box-shadow: inset var(--ring);
      outline: 2px solid var(--accent-text);
      outline-offset: -4px;
    }
    nav [aria-current="page"] {
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
    .line {
      margin-inline-start: 0;
    }
  }
`;
