import { css } from "lit";

/** A list beside what is open in it; one at a time where both do not fit. */
export const suggestionStyles = css`
  :host {
    display: grid;
    grid-template-columns: 380px minmax(0, 1fr);
    grid-template-rows: minmax(0, 1fr);
    height: 100%;
  }
  .list {
    display: flex;
    flex-direction: column;
    min-height: 0;
    border-inline-end: 1px solid var(--line);
    background: var(--paper);
  }
  header {
    display: flex;
    flex: none;
    flex-wrap: wrap;
    align-items: center;
    gap: var(--space-1) var(--space-2);
    min-height: 48px;
    padding: 6px var(--space-4);
    border-block-end: 1px solid var(--line);
    background: var(--paper);
  }
  .kinds {
    display: flex;
    flex-wrap: wrap;
    gap: 2px;
    margin-inline-start: auto;
  }
  .kinds .button[aria-pressed="true"] {
    background: var(--accent-soft);
    color: var(--accent-text);
    font-weight: var(--weight-strong);
  }
  .list > ol,
  .list > .scroll {
    flex: 1;
    min-height: 0;
    overflow-y: auto;
  }
  .row {
    border-block-end: 1px solid var(--line);
  }
  .row button {
    display: grid;
    grid-template-columns: 40px minmax(0, 1fr);
    gap: 2px var(--space-2);
    width: 100%;
    min-height: 54px;
    align-content: center;
    padding: var(--space-1) var(--space-4) var(--space-1) var(--space-2);
    border: 0;
    background: none;
    line-height: 1.5;
    text-align: start;
  }
  .row button:hover {
    background: var(--paper-sunken);
  }
  .row button[aria-current="true"] {
    background: var(--accent-soft);
    box-shadow: inset 3px 0 var(--accent-text);
  }
  .row button:focus-visible {
    outline: 2px solid var(--accent-text);
    outline-offset: -2px;
    box-shadow: none;
  }
  .times {
    grid-row: span 2;
    align-self: center;
    font-size: var(--text-m);
    font-weight: var(--weight-strong);
    text-align: end;
  }
  .text {
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
  }
  .foot {
    display: flex;
    gap: var(--space-1) var(--space-2);
    overflow: hidden;
    white-space: nowrap;
  }
  .work {
    min-height: 0;
    overflow-y: auto;
    background: var(--paper-sunken);
  }
  .told {
    margin: var(--space-2) var(--space-4) 0;
  }
  .open {
    display: grid;
    gap: var(--space-3);
    max-width: 860px;
    padding: var(--space-4) var(--space-4) var(--space-6);
  }
  .open h2 {
    font-size: var(--text-l);
    line-height: 1.5;
    overflow-wrap: anywhere;
  }
  .facts {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: var(--space-1) var(--space-2);
  }
  .facts .mark {
    background: var(--paper);
  }
  .box {
    display: grid;
    gap: var(--space-2);
    padding: var(--space-3) var(--space-4);
    border: 1px solid var(--line);
    border-radius: var(--radius-small);
    background: var(--paper);
  }
  .nearest {
    display: grid;
    grid-template-columns: minmax(0, 1fr) auto;
    gap: 2px var(--space-3);
    align-items: center;
  }
  .bar {
    grid-column: 1 / -1;
    height: 6px;
    border-radius: var(--radius-round);
    background: var(--line);
  }
  .bar span {
    display: block;
    height: 100%;
    border-radius: var(--radius-round);
    background: var(--accent);
  }
  .examples li {
    display: grid;
    grid-template-columns: auto minmax(0, 1fr) auto;
    gap: var(--space-2);
    align-items: baseline;
    padding: var(--space-1) 0;
    border-block-end: 1px solid var(--line);
  }
  .examples li:last-child {
    border: 0;
  }
  .examples input {
    align-self: center;
  }
  .other {
    display: flex;
    flex-wrap: wrap;
    gap: var(--space-2);
  }
  .other input {
    flex: 1 1 240px;
  }
  .more {
    padding: var(--space-3) var(--space-4);
  }
  .back {
    display: none;
  }
  @media (max-width: 1039.98px) {
    :host {
      grid-template-columns: minmax(0, 1fr);
    }
    .list {
      border: 0;
    }
    :host([looking]) .list,
    :host(:not([looking])) .work {
      display: none;
    }
    .back {
      display: inline-flex;
    }
    .open .actions kbd {
      display: none;
    }
    .examples li {
      grid-template-columns: auto minmax(0, 1fr);
    }
    .examples .label {
      grid-column: 2;
    }
  }
`;
