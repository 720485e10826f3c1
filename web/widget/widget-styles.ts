import { css } from "lit";

/** The button in the corner and the panel over it; the panel fills a phone. */
export const widgetStyles = css`
  :host {
    position: fixed;
    z-index: 2147483000;
    inset-block-end: max(var(--space-5), env(safe-area-inset-bottom));
    inset-inline-end: var(--space-5);
  }
  @media print {
    :host {
      display: none;
    }
  }
  #launcher {
    position: relative;
    display: grid;
    place-items: center;
    width: 60px;
    height: 60px;
    margin-inline-start: auto;
    padding: 0;
    border: 0;
    border-radius: 50%;
    background: var(--accent);
    color: var(--accent-ink);
    font-size: var(--text-xl);
    box-shadow: var(--shadow-high);
    transition: transform var(--motion);
  }
  #launcher:hover {
    transform: translateY(-2px);
  }
  #launcher:focus-visible,
  #panel:focus-visible {
    box-shadow: var(--ring), var(--shadow-high);
  }
  .unread {
    position: absolute;
    inset-block-start: -2px;
    inset-inline-end: -2px;
    min-width: 22px;
    padding: 0 var(--space-1);
    border: 2px solid var(--paper);
    border-radius: var(--radius-round);
    background: var(--danger);
    color: var(--paper);
    font-size: var(--text-xs);
    font-weight: var(--weight-strong);
    font-variant-numeric: tabular-nums;
    line-height: 18px;
  }
  #panel {
    position: absolute;
    inset-block-end: calc(60px + var(--space-3));
    inset-inline-end: 0;
    display: flex;
    flex-direction: column;
    width: 380px;
    height: min(640px, calc(100dvh - 60px - var(--space-12)));
    overflow: hidden;
    border: 1px solid var(--line);
    border-radius: var(--radius-large);
    background: var(--paper-sunken);
    box-shadow: var(--shadow-high);
    animation: rise var(--motion);
  }
  bilin-header,
  bilin-person,
  bilin-composer {
    flex: none;
  }
  @keyframes rise {
    from {
      opacity: 0;
      transform: translateY(var(--space-2));
    }
  }
  @media (max-width: 479.98px) {
    #panel {
      position: fixed;
      inset: 0;
      width: 100%;
      height: 100dvh;
      border: 0;
      border-radius: 0;
    }
    .is-open #launcher {
      visibility: hidden;
    }
  }
`;
