import { StaffApi } from "../shared/staff-api.ts";
import type { Draft, InsightPage, InsightQuery, Origin, Suggestion, SuggestionPage, Unanswered } from "./asked.ts";
import type {
  AuditLine, AuditQuery, Change, Entry, EntryComment, EntryPage, EntryView, Finding, Import, ImportProgress, ImportSummary, InReview, Publication, Published, Regression, Release, ReleasePage, ReviewPage, Revision, Trials,
} from "./knowledge.ts";
import type { Language } from "../shared/protocol.ts";
import type { Filters } from "./route.ts";

const root = "/api/kb";

/** The editors' calls of docs/protocol.md. */
export class EditorApi extends StaffApi {
  entries(filters: Filters, offset: number, limit: number, signal?: AbortSignal): Promise<EntryPage> {
    const query = new URLSearchParams({ offset: String(offset), limit: String(limit) });
    for (const [name, value] of Object.entries(filters)) if (value) query.set(name, value);
    return this.call(`${root}/entries?${query}`, signal ? { signal } : {});
  }

  entry(id: string, signal?: AbortSignal): Promise<EntryView> {
    return this.call(entryPath(id), signal ? { signal } : {});
  }

  /** Stores a new revision. `base` is the revision it was made from, null for a new entry. */
  save(entry: Entry, base: number | null, confirmed: Language | null): Promise<EntryView> {
    const made: Record<string, string> = base === null ? { "If-None-Match": "*" } : { "If-Match": `"${base}"` };
    return this.change("PUT", `${entryPath(entry.id)}${confirmed ? `?confirm=${confirmed}` : ""}`, entry, made);
  }

  submit(id: string, revision: number, comment: string): Promise<EntryView> {
    return this.post(entryPath(id, "/submit"), { revision, comment });
  }

  giveBack(id: string, revision: number, comment: string): Promise<EntryView> {
    return this.post(entryPath(id, "/return"), { revision, comment });
  }

  withdraw(id: string, comment: string): Promise<Published> {
    return this.post(entryPath(id, "/withdraw"), { comment });
  }

  async revisions(id: string): Promise<Revision[]> {
    return (await this.call<{ revisions: Revision[] }>(entryPath(id, "/revisions"))).revisions;
  }

  revision(id: string, revision: number): Promise<EntryView> {
    return this.call(entryPath(id, `/revisions/${revision}`));
  }

  async comments(id: string): Promise<EntryComment[]> {
    return (await this.call<{ comments: EntryComment[] }>(entryPath(id, "/comments"))).comments;
  }

  comment(id: string, text: string): Promise<EntryComment> {
    return this.post(entryPath(id, "/comments"), { text });
  }

  async check(entry: Entry): Promise<Finding[]> {
    return (await this.post<{ findings: Finding[] }>(`${root}/checks`, entry)).findings;
  }

  /** `after` is the `next` of the page before. */
  review(after: number, limit: number): Promise<ReviewPage> {
    return this.call(`${root}/review?after=${after}&limit=${limit}`);
  }

  waiting(id: string): Promise<InReview> {
    return this.call(`${root}/review/${encodeURIComponent(id)}`);
  }

  /** The release that was made; null where there was nothing to publish. */
  publish(publication: Publication): Promise<Published> {
    return this.post(`${root}/releases`, publication);
  }

  /** Null where nothing can be asked. */
  rehearse(entries: Publication["entries"]): Promise<{ regression: Regression | null }> {
    return this.post(`${root}/review/regression`, { entries });
  }

  /** The newest first: those before a release where one is named, and those that were live on a day of the bank. */
  releases(before: number | null, on: string): Promise<ReleasePage> {
    return this.call(`${root}/releases?${parametersOf({ before: before === null ? "" : String(before), on })}`);
  }

  release(id: number): Promise<{ release: Release; changes: Change[] }> {
    return this.call(`${root}/releases/${id}`);
  }

  restore(release: number, comment: string): Promise<Published> {
    return this.post(`${root}/releases/${release}/restore`, { comment });
  }

  /** The newest first, or those before a line. */
  audit(query: AuditQuery, before: number | null): Promise<{ lines: AuditLine[]; more: boolean }> {
    return this.call(`${root}/audit?${parametersOf({ ...query, before: before === null ? "" : String(before) })}`);
  }

  try(text: string): Promise<Trials> {
    return this.post(`${root}/try`, { text });
  }

  suggestions(status: string, offset: number): Promise<SuggestionPage> {
    return this.call(`${root}/suggestions?${new URLSearchParams({ status, offset: String(offset) })}`);
  }

  suggestion(id: string): Promise<Suggestion> {
    return this.call(`${root}/suggestions/${encodeURIComponent(id)}`);
  }

  /** `questions` are of the suggestion's examples; its first question where there are none. */
  accept(id: number, entry: string, questions: readonly string[], inSpite: boolean): Promise<Draft> {
    return this.post(`${root}/suggestions/${id}/accept`, { entry_id: entry, questions, in_spite: inSpite });
  }

  draftOf(suggestion: number): Promise<Draft> {
    return this.post(`${root}/suggestions/${suggestion}/draft`);
  }

  dismiss(suggestion: number): Promise<Suggestion> {
    return this.post(`${root}/suggestions/${suggestion}/dismiss`, {});
  }

  reopen(suggestion: number): Promise<Suggestion> {
    return this.post(`${root}/suggestions/${suggestion}/reopen`);
  }

  async origins(id: string): Promise<Origin[]> {
    return (await this.call<{ origins: Origin[] }>(entryPath(id, "/origins"))).origins;
  }

  insight(query: InsightQuery, offset: number, limit: number): Promise<InsightPage> {
    return this.call(`${root}/insight/entries?${insightParameters(query)}&offset=${offset}&limit=${limit}`);
  }

  unanswered({ since, until, scenario, language }: InsightQuery): Promise<Unanswered> {
    return this.call(`${root}/insight/unanswered?${parametersOf({ since, until, scenario, language })}`);
  }

  upload(file: File): Promise<Import> {
    const form = new FormData();
    form.set("file", file);
    return this.post(`${root}/imports`, form);
  }

  import(id: string): Promise<Import> {
    return this.call(`${root}/imports/${encodeURIComponent(id)}`);
  }

  progress(id: string): Promise<ImportProgress> {
    return this.call(`${root}/imports/${encodeURIComponent(id)}?rows=false`);
  }

  /** The newest first. */
  async imports(): Promise<ImportSummary[]> {
    return (await this.call<{ imports: ImportSummary[] }>(`${root}/imports`)).imports;
  }

  apply(id: string): Promise<Import> {
    return this.post(`${root}/imports/${encodeURIComponent(id)}/apply`);
  }
}

/** Where the whole table that a query asks for can be had for a spreadsheet. */
export function tableAddress(query: InsightQuery): string {
  return `${root}/insight/entries.csv?${insightParameters(query)}`;
}

function insightParameters({ falling, ...query }: InsightQuery): URLSearchParams {
  return parametersOf({ ...query, falling: String(falling) });
}

function parametersOf(values: Record<string, string>): URLSearchParams {
  return new URLSearchParams(Object.entries(values).filter(([, value]) => value));
}

export function exportAddress(format: string): string {
  return `${root}/export?format=${format}`;
}

function entryPath(id: string, rest = ""): string {
  return `${root}/entries/${encodeURIComponent(id)}${rest}`;
}
