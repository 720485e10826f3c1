import { html } from "lit";

/** Hills, a moon and still water, in the brand's colours. */
export const lake = html`<svg class="lake" viewBox="0 0 1440 520" preserveAspectRatio="xMidYMax slice" aria-hidden="true" focusable="false">
  <circle class="moon" cx="1090" cy="150" r="64" />
  <path class="far" d="M0 346 C240 336 420 330 560 296 C680 266 730 200 840 196 C940 192 1000 258 1110 232 C1230 204 1330 212 1440 250 V360 H0 Z" />
  <path class="near" d="M620 352 C760 320 820 262 940 270 C1060 278 1110 318 1210 300 C1300 284 1370 300 1440 318 V372 H560 Z" />
  <rect class="water" y="346" width="1440" height="174" />
  <g class="light">
    <rect x="1046" y="366" width="88" height="3" rx="1.5" />
    <rect x="1026" y="388" width="128" height="3" rx="1.5" />
    <rect x="1058" y="412" width="64" height="3" rx="1.5" />
    <rect x="1036" y="440" width="108" height="3" rx="1.5" />
    <rect x="1066" y="472" width="48" height="3" rx="1.5" />
  </g>
</svg>`;
