import type { Language } from "../shared/protocol.ts";
import { languages, type Entry, type Variant } from "./knowledge.ts";

export type Value = string | boolean | null | readonly string[];
export type PropertyName = "scenario" | "audience" | "risk_class" | "featured" | "updated" | "valid_from" | "valid_to" | "related";
export type VariantName = keyof Variant;

/** One thing that an editor can change: a property of the entry, or a part of it in one language. */
export type Field = { name: PropertyName; language: null } | { name: VariantName; language: Language };

export const propertyNames: readonly PropertyName[] = [
  "scenario", "audience", "risk_class", "featured", "updated", "valid_from", "valid_to", "related",
];
export const variantNames: readonly VariantName[] = ["question", "similar", "answer", "risk"];

export const fields: readonly Field[] = [
  ...languages.flatMap((language) => variantNames.map((name) => ({ name, language }))),
  ...propertyNames.map((name) => ({ name, language: null })),
];

export const emptyVariant: Variant = { question: "", similar: [], answer: "", risk: "" };

/** The field's own name within an entry, such as `zh.answer`. */
export function keyOf({ name, language }: Field): string {
  return language ? `${language}.${name}` : name;
}

export function valueOf(entry: Entry, field: Field): Value {
  return field.language ? ((entry.variants[field.language] ?? emptyVariant)[field.name] ?? "") : entry[field.name];
}

export function withValue(entry: Entry, field: Field, value: Value): Entry {
  if (!field.language) return { ...entry, [field.name]: value };
  const variant = { ...(entry.variants[field.language] ?? emptyVariant), [field.name]: value };
  return { ...entry, variants: { ...entry.variants, [field.language]: variant } };
}

export function isSame(first: Value, second: Value): boolean {
  return JSON.stringify(first) === JSON.stringify(second);
}

export function isEmpty(value: Value): boolean {
  return value === null || value === false || value === "" || (Array.isArray(value) && value.length === 0);
}

/** The fields in which two entries differ, in the order of the form. */
export function changedFields(before: Entry, after: Entry): Field[] {
  return fields.filter((field) => !isSame(valueOf(before, field), valueOf(after, field)));
}
