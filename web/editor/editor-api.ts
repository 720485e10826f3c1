import { StaffApi } from "../shared/staff-api.ts";
import type {
  Change, Entry, EntryComment, EntryPage, EntryView, Finding, Import, InReview, Publication, Published, Regression, Release, Revision, Trials,
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

  async review(): Promise<InReview[]> {
    return (await this.call<{ entries: InReview[] }>(`${root}/review`)).entries;
  }

  /** The release that was made; null where there was nothing to publish. */
  publish(publication: Publication): Promise<Published> {
    return this.post(`${root}/releases`, publication);
  }

  /** Null where nothing can be asked. */
  rehearse(entries: Publication["entries"]): Promise<{ regression: Regression | null }> {
    return this.post(`${root}/review/regression`, { entries });
  }

  releases(): Promise<{ live: number | null; releases: Release[] }> {
    return this.call(`${root}/releases`);
  }

  async changes(release: number): Promise<Change[]> {
    return (await this.call<{ changes: Change[] }>(`${root}/releases/${release}`)).changes;
  }

  restore(release: number, comment: string): Promise<Published> {
    return this.post(`${root}/releases/${release}/restore`, { comment });
  }

  try(text: string): Promise<Trials> {
    return this.post(`${root}/try`, { text });
  }

  upload(file: File): Promise<Import> {
    const form = new FormData();
    form.set("file", file);
    return this.post(`${root}/imports`, form);
  }

  import(id: string): Promise<Import> {
    return this.call(`${root}/imports/${encodeURIComponent(id)}`);
  }

  apply(id: string): Promise<Import> {
    return this.post(`${root}/imports/${encodeURIComponent(id)}/apply`);
  }
}

export function exportAddress(format: string): string {
  return `${root}/export?format=${format}`;
}

function entryPath(id: string, rest = ""): string {
  return `${root}/entries/${encodeURIComponent(id)}${rest}`;
}
