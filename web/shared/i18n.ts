import type { Language } from "./protocol.ts";

export type Texts = Readonly<Record<string, string>>;
export type Translate = (key: string, values?: Record<string, string | number>) => string;

/**
 * A translator over one language's texts. `{name}` in a text is replaced by the value of that name.
 * A key that is missing comes back as it is, so that it is seen.
 */
export function translator(texts: Record<Language, Texts>, language: Language): Translate {
  return (key, values = {}) =>
    (texts[language][key] ?? key).replace(/\{(\w+)\}/g, (whole, name: string) =>
      name in values ? String(values[name]) : whole,
    );
}

/** The language that a tag such as `zh-Hant-HK` or `en_GB` means to us, or null. */
export function languageOf(tag: string | null | undefined): Language | null {
  const primary = tag?.trim().toLowerCase().split(/[-_]/)[0];
  if (primary === "zh" || primary === "yue") return "zh";
  return primary === "en" ? "en" : null;
}

/** The first language we speak among the tags; Chinese when there is none. */
export function firstLanguage(...tags: (string | null | undefined)[]): Language {
  for (const tag of tags) {
    const language = languageOf(tag);
    if (language) return language;
  }
  return "zh";
}

/** The value of the `lang` attribute. */
export function langAttribute(language: string): string {
  return language === "zh" ? "zh-CN" : language;
}

export function otherLanguage(language: Language): Language {
  return language === "zh" ? "en" : "zh";
}
