import type { JsonStore } from "../shared/storage.ts";
import type { Entry, EntryView } from "./knowledge.ts";

/** What was typed and not yet saved, with the revision it was made from. */
export interface Draft {
  base: EntryView | null;
  content: Entry;
  at: string;
}

/** Unsaved writing in this browser, one draft for each entry and person. */
export class DraftStore {
  constructor(
    private readonly store: JsonStore,
    private readonly login: string,
  ) {}

  /** The entries that have one, the latest last. */
  get items(): readonly string[] {
    return this.store.read<string[]>(this.indexKey) ?? [];
  }

  read(item: string): Draft | null {
    return this.store.read<Draft>(this.keyOf(item));
  }

  write(item: string, draft: Draft): void {
    this.store.write(this.keyOf(item), draft);
    if (!this.items.includes(item)) this.store.write(this.indexKey, [...this.items, item]);
  }

  remove(item: string): void {
    this.store.remove(this.keyOf(item));
    if (this.items.includes(item)) this.store.write(this.indexKey, this.items.filter((other) => other !== item));
  }

  private get indexKey(): string {
    return `drafts.${this.login}`;
  }

  private keyOf(item: string): string {
    return `draft.${this.login}.${item}`;
  }
}
