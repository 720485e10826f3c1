import { svg, html, type SVGTemplateResult, type TemplateResult } from "lit";

const shapes = {
  chat: svg`<path d="M4 5.5h16v11H10l-4.5 3.6v-3.6H4z"/><path d="M8.5 9.5h7M8.5 12.7h4.5"/>`,
  close: svg`<path d="M6 6l12 12M18 6L6 18"/>`,
  down: svg`<path d="M6 9.5l6 6 6-6"/>`,
  back: svg`<path d="M14.5 5.5l-6.5 6.5 6.5 6.5"/>`,
  send: svg`<path d="M12 19V5.5M5.5 11.5L12 5l6.5 6.5"/>`,
  person: svg`<circle cx="12" cy="8" r="3.6"/><path d="M4.8 20c.6-4 3.4-6.2 7.2-6.2s6.6 2.2 7.2 6.2"/>`,
  bot: svg`<rect x="4.5" y="8" width="15" height="11" rx="3.5"/><path d="M12 8V4.5M9 12.6v1.6M15 12.6v1.6M2.5 12.5v3M21.5 12.5v3"/><circle cx="12" cy="4" r=".6"/>`,
  online: svg`<path d="M5 12.8l4.6 4.4L19 7.5"/>`,
  connecting: svg`<path d="M20 12a8 8 0 1 1-2.6-5.9M20 3.8v3.9h-3.9"/>`,
  offline: svg`<path d="M4 4l16 16M3.5 10a12.5 12.5 0 0 1 4-2.5M20.5 10a12.5 12.5 0 0 0-8-3.4M7 13.6a7.4 7.4 0 0 1 4-2M12 18.6h.01"/>`,
  clock: svg`<circle cx="12" cy="12" r="8"/><path d="M12 7.5V12l3 2"/>`,
  warning: svg`<path d="M12 4.2l8.8 15.3H3.2z"/><path d="M12 10v4.4M12 16.9v.1"/>`,
  information: svg`<circle cx="12" cy="12" r="8"/><path d="M12 11v5M12 8v.1"/>`,
  helpful: svg`<path d="M4 11h3.5v8.5H4zM7.5 11.5L11.5 4c1.6 0 2.3 1.2 2 2.6L13 10h5.2c1.4 0 2.2 1.1 1.9 2.4l-1.3 5.3c-.3 1.1-1 1.8-2.2 1.8H7.5"/>`,
  unhelpful: svg`<path d="M4 13h3.5V4.5H4zM7.5 12.5L11.5 20c1.6 0 2.3-1.2 2-2.6L13 14h5.2c1.4 0 2.2-1.1 1.9-2.4l-1.3-5.3c-.3-1.1-1-1.8-2.2-1.8H7.5"/>`,
  plus: svg`<path d="M12 5v14M5 12h14"/>`,
  language: svg`<circle cx="12" cy="12" r="8.3"/><path d="M3.7 12h16.6M12 3.7c2.5 2.4 3.6 5.2 3.6 8.3s-1.1 5.9-3.6 8.3c-2.5-2.4-3.6-5.2-3.6-8.3s1.1-5.9 3.6-8.3z"/>`,
  current: svg`<circle cx="12" cy="12" r="7"/><circle cx="12" cy="12" r="2.6" fill="currentColor"/>`,
  todo: svg`<circle cx="12" cy="12" r="7"/>`,
  leave: svg`<path d="M10 4.5H5v15h5M14.5 8l4 4-4 4M18 12H9.5"/>`,
  keyboard: svg`<rect x="3" y="6.5" width="18" height="11" rx="2"/><path d="M7 10h.01M10.4 10h.01M13.7 10h.01M17 10h.01M8 14h8"/>`,
  insert: svg`<path d="M9 6l-5 5 5 5M4.5 11H15a4.5 4.5 0 0 1 4.5 4.5V18"/>`,
  anger: svg`<circle cx="12" cy="12" r="8"/><path d="M8 9l2.3 1.2M16 9l-2.3 1.2M8.8 16c.8-1.3 1.9-2 3.2-2s2.4.7 3.2 2"/>`,
  anxiety: svg`<circle cx="12" cy="12" r="8"/><path d="M9 10v.1M15 10v.1M8.5 15.5l1.8-1.3 1.7 1.3 1.7-1.3 1.8 1.3"/>`,
  distress: svg`<circle cx="12" cy="12" r="8"/><path d="M9 10v.1M15 10v.1M8.8 16.3c.8-1.3 1.9-2 3.2-2s2.4.7 3.2 2M16 12.5v2"/>`,
  neutral: svg`<circle cx="12" cy="12" r="8"/><path d="M9 10v.1M15 10v.1M9 15h6"/>`,
  copy: svg`<rect x="8" y="8" width="11.5" height="11.5" rx="2"/><path d="M16 8V4.5H4.5V16H8"/>`,
  card: svg`<rect x="3" y="5.5" width="18" height="13" rx="2.5"/><path d="M3 10h18M6.5 14.5h4"/>`,
  transfer: svg`<path d="M4 8.5h15M15 4.5l4 4-4 4M20 15.5H5M9 11.5l-4 4 4 4"/>`,
  growth: svg`<path d="M4 19h16M6 15.5l4.5-5 3.5 3L19.5 7M15.5 7h4v4"/>`,
  home: svg`<path d="M4 11l8-6.5 8 6.5v8.5h-5.5V14h-5v5.5H4z"/>`,
  phone: svg`<path d="M5 4.5h4l1.5 4-2.3 1.7a12 12 0 0 0 5.6 5.6l1.7-2.3 4 1.5v4c0 .6-.4 1-1 1C11 20 4 13 4 5.5c0-.6.4-1 1-1z"/>`,
  download: svg`<path d="M12 4.5v10M7.5 10.5L12 15l4.5-4.5M5 19h14"/>`,
  filter: svg`<path d="M4 6.5h16M7 12h10M10 17.5h4"/>`,
  sounds: svg`<path d="M4 9.5v5h3.5l5 4v-13l-5 4zM16 9a4.2 4.2 0 0 1 0 6M18.5 6.5a8 8 0 0 1 0 11"/>`,
  sounds_off: svg`<path d="M4 9.5v5h3.5l5 4v-13l-5 4zM16 9.5l5 5M21 9.5l-5 5"/>`,
  notifications: svg`<path d="M6 16.5V11a6 6 0 0 1 12 0v5.5l1.5 1.5h-15zM10 20.5h4M12 5V3.5"/>`,
  notifications_off: svg`<path d="M6 16.5V11c0-1 .3-2 .7-2.8M9 5.8A6 6 0 0 1 18 11v3M16.5 18h-12L6 16.5M10 20.5h4M4 4l16 16"/>`,
  star: svg`<path d="M12 4.2l2.4 5 5.4.7-4 3.8 1 5.5-4.8-2.7-4.8 2.7 1-5.5-4-3.8 5.4-.7z"/>`,
  lock: svg`<rect x="5" y="10.5" width="14" height="9.5" rx="2"/><path d="M8 10.5V8a4 4 0 0 1 8 0v2.5"/>`,
} satisfies Record<string, SVGTemplateResult>;

export type IconName = keyof typeof shapes;

/** A drawing beside a text that says the same; screen readers pass over it. */
export function icon(name: IconName): TemplateResult {
  return html`<svg class="icon" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="1.7"
    stroke-linecap="round" stroke-linejoin="round" aria-hidden="true" focusable="false">${shapes[name]}</svg>`;
}
