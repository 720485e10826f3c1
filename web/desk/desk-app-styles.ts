import { css } from "lit";

/** Three panes side by side; one at a time, with tabs at the foot, where they do not fit. */
export const deskAppStyles = css`
  .line {
    display: inline-flex;
    align-items: center;
    gap: var(--space-1);
    white-space: nowrap;
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
  main {
    display: grid;
    grid-template-columns: 312px minmax(0, 1fr) 320px;
    grid-template-rows: minmax(0, 1fr);
  }
  desk-queue {
    border-inline-end: 1px solid var(--line);
  }
  desk-customer {
    border-inline-start: 1px solid var(--line);
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
  }
  @media (max-width: 640px) {
    .top {
      flex-wrap: wrap;
      row-gap: 0;
    }
    .line {
      margin-inline-start: 0;
    }
    .keys {
      display: none;
    }
    desk-presence {
      order: 1;
      flex-basis: 100%;
      padding-block-end: var(--space-1);
    }
  }
`;
