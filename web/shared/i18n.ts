import type { Language } from "./protocol.ts";

export type Texts = Readonly<Record<string, string>>;
export type Translate = (key: string, values?: Record<string, string | number>) => string;

const placeholder = /\{(\w+)(?::([^{}|]*)\|([^{}|]*))?\}/g;

/**
 * A translator over one language's texts. `{name}` in a text is replaced by the value of that name, and
 * `{name:one|more}` by the first form where that value is 1, by the second otherwise.
 * A key that is missing comes back as it is, so that it is seen.
 */
export function translator(texts: Record<Language, Texts>, language: Language): Translate {
  return (key, values = {}) =>
    (texts[language][key] ?? key).replace(placeholder, (whole, name: string, one?: string, more?: string) => {
      if (!(name in values)) return whole;
      return one === undefined ? String(values[name]) : String(values[name]) === "1" ? one : more!;
    });
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
