import { Refused } from "../shared/http.ts";
import { Observable } from "../shared/observable.ts";
import type { Language } from "../shared/protocol.ts";
import type { Attempt } from "../shared/signed-in.ts";
import type { DraftStore } from "./draft-store.ts";
import type { EditorApi } from "./editor-api.ts";
import { cleaned, isSameEntry, missingOf, newEntry } from "./entry-content.ts";
import type { EditConflict, Entry, EntryView } from "./knowledge.ts";
import { LiveChecks } from "./live-checks.ts";
import type { Conflict } from "./merge.ts";
import { newItem } from "./route.ts";

/** The entry in the right pane: what is stored, what is typed over it, and what stands between the two. */
export class OpenEntry extends Observable {
  /** The entry's id, `+` for one that has none yet, null when none is open. */
  item: string | null = null;
  state: "none" | "loading" | "ready" | "missing" | "unreachable" = "none";
  /** The stored revision that the writing was made from; null for a new entry. */
  base: EntryView | null = null;
  content: Entry = newEntry();
  conflict: Conflict | null = null;
  /** When the writing that was taken out of this browser's storage was typed. */
  restoredAt: string | null = null;
  busy: "saving" | "submitting" | null = null;
  savedAt: number | null = null;
  /** What is to be filled in first, as keys of texts; shown once somebody tried to save. */
  missing: readonly string[] = [];
  readonly checks: LiveChecks;
  private reading: AbortController | null = null;

  constructor(
    private readonly api: EditorApi,
    private readonly drafts: () => DraftStore,
    private readonly attempt: Attempt,
    private readonly stored: (view: EntryView) => void,
  ) {
    super();
    this.checks = new LiveChecks(api);
  }

  get isDirty(): boolean {
    return this.state === "ready" && !isSameEntry(this.content, this.base?.content ?? newEntry());
  }

  close(): void {
    this.reading?.abort();
    this.reset(null, "none");
  }

  async open(item: string): Promise<void> {
    this.reading?.abort();
    if (item === newItem) return this.create();
    const reading = (this.reading = new AbortController());
    this.reset(item, "loading");
    try {
      const view = await this.api.entry(item, reading.signal);
      if (this.reading !== reading) return;
      this.show(view);
      this.restore(view);
    } catch (error) {
      if (this.reading !== reading) return;
      if (error instanceof Refused && error.status === 401) void this.attempt(() => Promise.reject(error));
      this.state = error instanceof Refused ? "missing" : "unreachable";
    }
    this.changed();
  }

  /** What was typed. It is kept in this browser from now on until it is saved or dropped. */
  write(content: Entry): void {
    this.content = content;
    this.savedAt = null;
    if (this.missing.length > 0) this.missing = missingOf(content);
    this.keep();
    this.checks.ask(content);
    this.changed();
  }

  /** Goes back to what is stored. */
  drop(): void {
    if (this.item) this.drafts().remove(this.item);
    this.conflict = null;
    this.restoredAt = null;
    this.missing = [];
    this.content = this.base?.content ?? newEntry();
    this.checks.clear();
    this.checks.ask(this.content, 0);
    this.changed();
  }

  /** Whether what is typed is now stored. A conflict opens the merge and stores nothing. */
  async save(confirmed: Language | null = null): Promise<boolean> {
    if (this.busy || this.state !== "ready" || this.conflict) return false;
    if (!this.isDirty && confirmed === null) return true;
    this.missing = missingOf(this.content);
    this.changed();
    if (this.missing.length > 0) return false;
    return (await this.while("saving", () => this.store(confirmed))) ?? false;
  }

  /** Goes on from the other's revision with the merged writing, and saves it. */
  async resolve(content: Entry): Promise<boolean> {
    if (!this.conflict) return false;
    this.base = this.conflict.theirs;
    this.conflict = null;
    this.write(content);
    if (this.isDirty) return this.save();
    this.drop();
    return true;
  }

  async submit(comment: string): Promise<boolean> {
    if (!(await this.save()) || !this.base) return false;
    const { id, revision } = this.base;
    return this.replace("submitting", () => this.api.submit(id, revision, comment));
  }

  async takeBack(comment: string): Promise<boolean> {
    if (!this.base) return false;
    const { id, revision } = this.base;
    return this.replace("submitting", () => this.api.giveBack(id, revision, comment));
  }

  async withdraw(comment: string): Promise<boolean> {
    if (!this.base) return false;
    const { id } = this.base;
    return this.replace("submitting", async () => {
      await this.api.withdraw(id, comment);
      return this.api.entry(id);
    });
  }

  private create(): void {
    this.reset(newItem, "ready");
    const draft = this.drafts().read(newItem);
    if (draft) {
      this.content = draft.content;
      this.restoredAt = draft.at;
      this.checks.ask(draft.content, 0);
    }
    this.changed();
  }

  private restore(view: EntryView): void {
    const draft = this.drafts().read(view.id);
    if (!draft) return;
    if (isSameEntry(draft.content, view.content)) return this.drafts().remove(view.id);
    this.content = draft.content;
    this.restoredAt = draft.at;
    if (draft.base && draft.base.revision !== view.revision) {
      this.base = draft.base;
      this.conflict = { base: draft.base, mine: draft.content, theirs: view };
    }
    this.checks.ask(this.content, 0);
  }

  private async store(confirmed: Language | null): Promise<boolean> {
    const [item, sent] = [this.item, this.content];
    try {
      const view = await this.api.save(cleaned(sent), this.base?.revision ?? null, confirmed);
      this.stored(view);
      if (this.item !== item) return false;
      const typedOn = this.content !== sent;
      if (item) this.drafts().remove(item);
      this.base = view;
      this.item = view.id;
      this.restoredAt = null;
      this.savedAt = Date.now();
      if (typedOn) this.keepDated(sent, view);
      else this.content = view.content;
      return !typedOn;
    } catch (error) {
      if (!isConflict(error)) throw error;
      if (this.base) this.meet(error.body);
      else this.missing = ["missing.taken"];
      return false;
    }
  }

  /** What was typed while it was being stored goes on from the date that the entry was given. */
  private keepDated(sent: Entry, { content: { updated } }: EntryView): void {
    if (this.content.updated === sent.updated) this.content = { ...this.content, updated };
    this.keep();
  }

  /** Somebody has stored a revision meanwhile: it is shown where nothing is typed, else the two are to be merged. */
  private meet({ current, base }: EditConflict): void {
    if (this.isDirty) this.conflict = { base: base ?? this.base, mine: this.content, theirs: current };
    else this.show(current);
  }

  private keep(): void {
    if (!this.item) return;
    if (this.isDirty) this.drafts().write(this.item, { base: this.base, content: this.content, at: new Date().toISOString() });
    else this.drafts().remove(this.item);
  }

  private async replace(busy: "submitting", action: () => Promise<EntryView>): Promise<boolean> {
    const { item } = this;
    const view = await this.while(busy, () =>
      action().catch(async (error: unknown) => {
        if (isStale(error) && item) {
          const current = await this.api.entry(item);
          if (this.item === item) this.meet({ current, base: null });
        }
        throw error;
      }));
    if (!view) return false;
    this.stored(view);
    if (this.item === item) {
      const { content, isDirty } = this;
      this.show(view);
      if (isDirty) this.content = content;
      this.changed();
    }
    return true;
  }

  private async while<T>(busy: "saving" | "submitting", action: () => Promise<T>): Promise<T | null> {
    this.busy = busy;
    this.changed();
    const result = await this.attempt(action);
    this.busy = null;
    this.changed();
    return result;
  }

  private show(view: EntryView): void {
    this.state = "ready";
    this.base = view;
    this.content = view.content;
    this.checks.ask(view.content, 0);
  }

  private reset(item: string | null, state: OpenEntry["state"]): void {
    this.item = item;
    this.state = state;
    this.base = null;
    this.content = newEntry();
    this.conflict = null;
    this.restoredAt = null;
    this.savedAt = null;
    this.missing = [];
    this.checks.clear();
    this.changed();
  }
}

/** Whether the refusal means that somebody else has moved the entry on. */
function isStale(error: unknown): boolean {
  return error instanceof Refused && ["edit_conflict", "wrong_status"].includes(error.code);
}

function isConflict(error: unknown): error is Refused & { body: EditConflict } {
  return error instanceof Refused && error.code === "edit_conflict" && Boolean((error.body as Partial<EditConflict> | null)?.current);
}
