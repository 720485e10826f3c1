import { css, unsafeCSS, type CSSResultGroup } from "lit";
import tokens from "./tokens.css?inline";

/** The tokens, for the outermost shadow root of a page that is not ours. */
export const tokenStyles = unsafeCSS(tokens);

/** What every component's shadow root starts from. */
export const foundation: CSSResultGroup = css`
  *,
  *::before,
  *::after {
    box-sizing: border-box;
  }
  :host {
    display: block;
    color: var(--ink);
    font: 400 var(--text-m) / var(--leading) var(--font);
    text-autospace: normal;
    -webkit-text-size-adjust: 100%;
  }
  :host([hidden]),
  [hidden] {
    display: none !important;
  }
  :lang(zh) {
    line-height: var(--leading-chinese);
  }
  :lang(zh) em {
    font-style: normal;
    font-weight: var(--weight-strong);
  }
  :lang(zh-Hant),
  :lang(zh-HK),
  :lang(zh-TW) {
    font-family: var(--font-hant);
  }
  h1,
  h2,
  h3,
  p,
  ul,
  ol,
  dl,
  dd,
  figure {
    margin: 0;
    padding: 0;
  }
  ul.plain,
  ol.plain {
    list-style: none;
  }
  h1,
  h2,
  h3 {
    font-weight: var(--weight-strong);
    line-height: var(--leading-tight);
  }
  a {
    color: var(--accent-text);
    text-underline-offset: 0.2em;
  }
  button,
  input,
  textarea {
    font: inherit;
    color: inherit;
    letter-spacing: inherit;
  }
  button {
    cursor: pointer;
  }
  button:disabled,
  button[aria-disabled="true"] {
    cursor: default;
  }
  :focus {
    outline: none;
  }
  :focus-visible {
    outline: 2px solid transparent;
    box-shadow: var(--ring);
  }
  .icon {
    flex: none;
    width: 1.25em;
    height: 1.25em;
    vertical-align: -0.25em;
  }
  .quiet {
    color: var(--ink-quiet);
  }
  .small {
    font-size: var(--text-s);
  }
  .unseen {
    position: absolute;
    width: 1px;
    height: 1px;
    overflow: hidden;
    clip-path: inset(50%);
    white-space: nowrap;
  }
  .button {
    display: inline-flex;
    align-items: center;
    justify-content: center;
    gap: var(--space-2);
    min-height: var(--target);
    padding: var(--space-1) var(--space-4);
    border: 1px solid var(--line-strong);
    border-radius: var(--radius-small);
    background: var(--paper-raised);
    color: var(--ink);
    line-height: var(--leading-tight);
    transition: background var(--motion), border-color var(--motion);
  }
  .button.main:not(:disabled, [aria-disabled="true"]) {
    border-color: var(--accent);
    background: var(--accent);
    color: var(--accent-ink);
    font-weight: var(--weight-strong);
  }
  .button.bare {
    border-color: transparent;
    background: none;
    color: var(--accent-text);
  }
  .button.danger {
    border-color: var(--danger);
    color: var(--danger);
  }
  .button.square {
    min-width: var(--target);
    padding: 0;
  }
  @media (hover: hover) {
    .button:hover:not(:disabled, [aria-disabled="true"]) {
      background: var(--accent-soft);
      border-color: var(--accent-text);
    }
    .button.main:hover:not(:disabled, [aria-disabled="true"]) {
      background: color-mix(in srgb, var(--accent) 88%, var(--ink));
    }
  }
  .button:disabled,
  .button[aria-disabled="true"] {
    border-color: var(--line);
    background: var(--paper-sunken);
    color: var(--ink-quiet);
    font-weight: 400;
  }
  .skeleton {
    border-radius: var(--radius-small);
    background: var(--line);
    animation: breathe 1.2s ease-in-out infinite alternate;
  }
  @keyframes breathe {
    to {
      opacity: 0.45;
    }
  }
  @media (prefers-reduced-motion: reduce) {
    *,
    *::before,
    *::after {
      animation: none !important;
      transition: none !important;
      scroll-behavior: auto !important;
    }
  }
`;

/** How drawn Markdown looks inside `.prose`. */
export const prose = css`
  .prose > * + * {
    margin-top: var(--space-2);
  }
  .prose ol,
  .prose ul {
    padding-inline-start: 1.5em;
  }
  .prose li + li {
    margin-top: var(--space-1);
  }
  .prose li::marker {
    color: var(--ink-quiet);
    font-variant-numeric: tabular-nums;
  }
  .prose blockquote {
    margin: 0;
    padding-inline-start: var(--space-3);
    border-inline-start: 3px solid var(--line);
    color: var(--ink-quiet);
  }
  .prose pre {
    overflow-x: auto;
    margin: 0;
  }
  .prose code {
    font-family: var(--font-code);
    font-size: 0.92em;
  }
  .prose table {
    display: block;
    overflow-x: auto;
    border-collapse: collapse;
    font-size: var(--text-s);
    font-variant-numeric: tabular-nums;
  }
  .prose th,
  .prose td {
    padding: var(--space-1) var(--space-2);
    border: 1px solid var(--line);
    text-align: start;
  }
  .prose hr {
    border: 0;
    border-top: 1px solid var(--line);
  }
  .prose a {
    overflow-wrap: anywhere;
  }
`;
