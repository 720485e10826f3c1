import { css } from "lit";

/** Filters, list and entry side by side; one at a time, with the views at the foot, where they do not fit. */
export const editorAppStyles = css`
  .views {
    display: flex;
    gap: 2px;
    margin-inline-start: var(--space-4);
  }
  .views button {
    display: inline-flex;
    align-items: center;
    gap: var(--space-1);
    min-height: 48px;
    padding: 0 var(--space-3);
    border: 0;
    border-block: 2px solid transparent;
    background: none;
    color: var(--ink-quiet);
  }
  .views button:focus-visible {
    outline: 2px solid var(--accent-text);
    outline-offset: -4px;
    box-shadow: none;
  }
  .views [aria-current="page"] {
    border-block-end-color: var(--accent-text);
    color: var(--accent-text);
    font-weight: var(--weight-strong);
  }
  .count {
    padding: 0 6px;
    border-radius: var(--radius-round);
    background: var(--accent);
    color: var(--accent-ink);
    font-size: var(--text-xs);
    line-height: 1.6;
  }
  main {
    display: grid;
    grid-template-columns: minmax(0, 1fr);
    grid-template-rows: minmax(0, 1fr);
  }
  main.entries {
    grid-template-columns: 204px 308px minmax(0, 1fr);
  }
  editor-filters {
    border-inline-end: 1px solid var(--line);
  }
  editor-list {
    border-inline-end: 1px solid var(--line);
  }
  #leave {
    width: min(560px, calc(100vw - var(--space-8)));
  }
  @media (max-width: 1039.98px) {
    .views {
      display: none;
    }
    .panes {
      grid-auto-columns: minmax(max-content, 1fr);
      overflow-x: auto;
      scrollbar-width: none;
    }
    .panes button {
      padding-inline: var(--space-2);
      white-space: nowrap;
    }
    main.entries {
      grid-template-columns: minmax(0, 1fr);
      grid-template-rows: auto minmax(0, 1fr);
    }
    main.entries.one {
      grid-template-rows: minmax(0, 1fr);
    }
    editor-filters,
    editor-list {
      border: 0;
    }
    main.one > editor-filters,
    main.one > editor-list,
    main.entries:not(.one) > editor-entry {
      display: none;
    }
  }
  @media (max-width: 640px) {
    .panes button {
      position: relative;
      padding: var(--space-2) var(--space-1) 0;
      font-size: var(--text-xs);
    }
    .panes .count {
      position: absolute;
      inset-block-start: 0;
      inset-inline-end: 2px;
      padding: 0 4px;
      line-height: 1.25;
    }
    #leave .actions {
      display: grid;
      grid-template-columns: 1fr 1fr;
    }
  }
`;
