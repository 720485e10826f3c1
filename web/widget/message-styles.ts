import { css } from "lit";

export const messageStyles = css`
  .group {
    display: grid;
    gap: var(--space-1);
    justify-items: start;
  }
  .group.customer {
    justify-items: end;
  }
  .by {
    display: flex;
    align-items: center;
    gap: var(--space-1);
    color: var(--ink-quiet);
    font-size: var(--text-s);
  }
  .by .mark {
    padding: 0 var(--space-2);
    border: 1px solid var(--line);
    border-radius: var(--radius-round);
    font-size: var(--text-xs);
  }
  .by.agent {
    color: var(--accent-text);
    font-weight: var(--weight-strong);
  }
  .message {
    display: grid;
    gap: var(--space-2);
    max-width: 92%;
    min-width: 0;
    justify-items: start;
    overflow-wrap: anywhere;
  }
  .customer .message {
    max-width: 84%;
    justify-items: end;
  }
  .message.wide {
    width: 100%;
    max-width: 100%;
    justify-items: stretch;
  }
  .message + .message.wide {
    margin-block-start: var(--space-4);
  }
  .bubble {
    padding: var(--space-2) var(--space-3);
    border: 1px solid var(--line);
    border-radius: var(--radius);
    border-start-start-radius: var(--space-1);
    background: var(--paper-raised);
    white-space: pre-wrap;
  }
  .agent .bubble {
    border-color: transparent;
    background: var(--accent-soft);
  }
  .customer .bubble {
    border-color: var(--accent);
    border-start-start-radius: var(--radius);
    border-end-end-radius: var(--space-1);
    background: var(--accent);
    color: var(--accent-ink);
  }
  .customer .pending .bubble {
    border: 1px dashed var(--accent-text);
    background: var(--accent-soft);
    color: var(--ink);
  }
  .state {
    display: flex;
    align-items: center;
    gap: var(--space-1);
    color: var(--ink-quiet);
    font-size: var(--text-s);
  }
  .state.refused {
    color: var(--danger);
  }
  .options {
    display: flex;
    flex-direction: column;
    gap: var(--space-2);
  }
  .options .button {
    justify-content: space-between;
    text-align: start;
    background: var(--paper-raised);
  }
  .options .button.chosen {
    border-color: var(--accent-text);
    background: var(--accent-soft);
    color: var(--ink);
  }
  .row {
    display: flex;
    flex-wrap: wrap;
    gap: var(--space-2);
  }
  .notice {
    display: flex;
    gap: var(--space-2);
    align-items: center;
    justify-content: center;
    padding: 0 var(--space-4);
    color: var(--ink-quiet);
    font-size: var(--text-s);
    text-align: center;
  }
  .notice.long {
    align-items: start;
    color: var(--ink);
    text-align: start;
  }
  .notice.long .icon {
    margin-top: 0.2em;
  }
  .notice.joined {
    color: var(--good);
  }
  .notice.bot_unavailable {
    color: var(--warning);
  }
`;
