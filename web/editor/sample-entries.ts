import type { Entry, EntryPage, EntryView, Finding, InReview, Waiting } from "./knowledge.ts";

/** Made-up entries for the tests. */
export function entryOf(change: Partial<Entry> = {}): Entry {
  return {
    id: "card-lost", scenario: "lost_cards", audience: "personal", risk_class: "none", featured: false,
    updated: null, valid_from: null, valid_to: null, related: [],
    variants: {
      zh: { question: "Z?", similar: ["z1", "z2"], answer: "z", risk: "" },
      en: { question: "E?", similar: ["e1"], answer: "e", risk: "" },
    },
    ...change,
  };
}

export function viewOf(content: Entry = entryOf(), change: Partial<EntryView> = {}): EntryView {
  return {
    id: content.id, revision: 1, status: "published", author: "wang", created_at: "2026-11-01T00:00:00Z",
    reviewer: "li", live_revision: 1, gaps: [], content, ...change,
  };
}

export function withAnswer(entry: Entry, answer: string): Entry {
  return { ...entry, variants: { ...entry.variants, zh: { ...entry.variants.zh!, answer } } };
}

export function pageOf(ids: readonly string[], total = ids.length): EntryPage {
  const entries = ids.map((id) => {
    const { content, ...facts } = viewOf(entryOf({ id }));
    return { ...facts, scenario: content.scenario, questions: {}, valid_from: null, valid_to: null, featured: false, risk_class: content.risk_class };
  });
  return { entries, total, scenarios: [], statuses: [], gaps: [], validities: [], today: "2026-11-01", soon: "2026-12-01" };
}

export function findingOf(severity: Finding["severity"]): Finding {
  return { rule: "r", severity, language: "zh", field: "answer", excerpt: "", message: { zh: "m", en: "m" }, other_entry: null };
}

export function waitingOf(id: string, change: Partial<Waiting> = {}): Waiting {
  return { id, revision: 2, scenario: "cards", questions: { zh: "Z?" }, author: "wang", created_at: "2026-11-01T00:00:00Z", live_revision: 1, own: false, ...change };
}

export function inReview(id: string, change: Partial<InReview> = {}): InReview {
  return { entry: viewOf(entryOf({ id }), { status: "in_review", revision: 2 }), live: entryOf({ id }), findings: [], own: false, ...change };
}
