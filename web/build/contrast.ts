/** Contrast of the design tokens, by the WCAG 2 formula (https://www.w3.org/TR/WCAG21/#dfn-contrast-ratio). */

export type Theme = "light" | "dark";
export type Tokens = ReadonlyMap<string, string>;

export interface Pair {
  readonly ink: string;
  readonly paper: string;
  readonly least: number;
}

const papers = ["paper", "paper-sunken", "paper-raised"];
const meanings = ["good", "warning", "danger", "information"];

/** What has to be readable in both themes: text at 4.5:1, the edges of controls at 3:1. */
export const pairs: readonly Pair[] = [
  { ink: "accent-ink", paper: "accent", least: 4.5 },
  { ink: "accent-text", paper: "accent-soft", least: 4.5 },
  { ink: "ink", paper: "accent-soft", least: 4.5 },
  ...papers.flatMap((paper) =>
    ["ink", "ink-quiet", "accent-text", ...meanings].map((ink) => ({ ink, paper, least: 4.5 })),
  ),
  ...meanings.flatMap((meaning) =>
    ["ink", meaning].map((ink) => ({ ink, paper: `${meaning}-soft`, least: 4.5 })),
  ),
  ...papers.map((paper) => ({ ink: "line-strong", paper, least: 3 })),
];

/** The tokens of each theme; a token that the dark block does not set keeps its light value. */
export function readTokens(css: string): Record<Theme, Tokens> {
  const darkStart = css.indexOf("prefers-color-scheme: dark");
  const darkEnd = css.indexOf("@media", darkStart);
  const light = declarations(darkStart < 0 ? css : css.slice(0, darkStart));
  const dark = darkStart < 0 ? [] : declarations(css.slice(darkStart, darkEnd < 0 ? undefined : darkEnd));
  return { light: new Map(light), dark: new Map([...light, ...dark]) };
}

/** One sentence for each pair that is too weak; an empty list means that everything can be read. */
export function weakPairs(css: string): string[] {
  const themes = readTokens(css);
  return (["light", "dark"] as const).flatMap((theme) =>
    pairs.flatMap((pair) => {
      const ratio = contrast(colour(themes[theme], pair.ink), colour(themes[theme], pair.paper));
      return ratio >= pair.least
        ? []
        : [`${theme}: --${pair.ink} on --${pair.paper} is ${ratio.toFixed(2)}:1, needs ${pair.least}:1`];
    }),
  );
}

/** Contrast ratio of two #rrggbb colours, from 1 to 21. */
export function contrast(first: string, second: string): number {
  const [light, dark] = [luminance(first), luminance(second)].sort((a, b) => b - a) as [number, number];
  return (light + 0.05) / (dark + 0.05);
}

function declarations(css: string): [string, string][] {
  return [...css.matchAll(/--([\w-]+):\s*([^;]+);/g)].map(([, name, value]) => [name!, value!.trim()]);
}

function colour(tokens: Tokens, name: string): string {
  const value = tokens.get(name);
  if (!value || !/^#[0-9a-f]{6}$/i.test(value)) {
    throw new Error(`--${name} must be a colour of the form #rrggbb for its contrast to be checked`);
  }
  return value;
}

function luminance(hex: string): number {
  const [red, green, blue] = [1, 3, 5].map((at) => {
    const channel = parseInt(hex.slice(at, at + 2), 16) / 255;
    return channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}
