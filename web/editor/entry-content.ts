import { emptyVariant } from "./fields.ts";
import { languages, type Calendar, type Entry, type Validity, type Variant } from "./knowledge.ts";

export function newEntry(scenario = ""): Entry {
  return {
    id: "", scenario, audience: "personal", risk_class: "none", featured: false,
    updated: null, valid_from: null, valid_to: null, related: [],
    variants: { zh: { ...emptyVariant }, en: { ...emptyVariant } },
  };
}

/** The entry as it is stored: edges trimmed, empty similar questions and languages that say nothing left out. */
export function cleaned(entry: Entry): Entry {
  const variants: Entry["variants"] = {};
  for (const language of languages) {
    const variant = entry.variants[language];
    const clean = variant && cleanedVariant(variant);
    if (clean && (clean.question || clean.answer || clean.risk || clean.similar.length > 0)) variants[language] = clean;
  }
  return { ...entry, id: entry.id.trim(), scenario: entry.scenario.trim(), variants };
}

function cleanedVariant({ question, similar, answer, risk }: Variant): Variant {
  return {
    question: question.trim(),
    similar: similar.map((text) => text.trim()).filter((text) => text !== ""),
    answer: answer.trim(),
    risk: (risk ?? "").trim(),
  };
}

/** Whether two entries would be stored as the same. */
export function isSameEntry(first: Entry, second: Entry): boolean {
  return comparable(first) === comparable(second);
}

function comparable(entry: Entry): string {
  const { id, scenario, audience, risk_class, featured, updated, valid_from, valid_to, related, variants } = cleaned(entry);
  return JSON.stringify([id, scenario, audience, risk_class, featured, updated, valid_from, valid_to, related,
    languages.map((language) => {
      const variant = variants[language];
      return variant ? [variant.question, variant.similar, variant.answer, variant.risk] : null;
    })]);
}

/** Whether an entry is not valid yet, for few days more, or no longer; null where it is for long. */
export function validity({ valid_from: from, valid_to: to }: Pick<Entry, "valid_from" | "valid_to">, { today, soon }: Calendar): Validity | null {
  if (to && to < today) return "expired";
  if (from && today < from) return "scheduled";
  return to && to <= soon ? "expires_soon" : null;
}

const idPattern = /^[A-Za-z0-9][\w.?:-]*$/;

/** What is still to be filled in before the entry can be stored: keys of texts. */
export function missingOf(entry: Entry): string[] {
  const { id, scenario, variants, valid_from: from, valid_to: to } = cleaned(entry);
  const written = languages.map((language) => variants[language]).filter((variant) => variant !== undefined);
  return [
    ...(idPattern.test(id) ? [] : ["missing.id"]),
    ...(scenario ? [] : ["missing.scenario"]),
    ...(written.length > 0 && written.every(({ question }) => question) ? [] : ["missing.question"]),
    ...(from && to && to < from ? ["missing.dates"] : []),
  ];
}
