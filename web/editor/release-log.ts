import { Observable } from "../shared/observable.ts";
import type { Attempt } from "../shared/signed-in.ts";
import type { EditorApi } from "./editor-api.ts";
import type { Change, Entry, Release } from "./knowledge.ts";

/** An entry as it was before a release and as that release says it; null where it was not, or is no more. */
export interface Comparison {
  before: Entry | null;
  after: Entry | null;
}

/** The releases, which of them customers are answered from, and what changed in the one that is open. */
export class ReleaseLog extends Observable {
  state: "loading" | "ready" | "unreachable" = "loading";
  releases: readonly Release[] = [];
  live: number | null = null;
  opened: number | null = null;
  changes: readonly Change[] | "loading" | "unreachable" = "loading";
  /** What each change of the open release says, by entry, once somebody has looked. */
  comparisons: Readonly<Record<string, Comparison | "loading" | "unreachable">> = {};
  busy = false;

  constructor(
    private readonly api: EditorApi,
    private readonly attempt: Attempt,
    private readonly signedOut: (error: unknown) => boolean,
  ) {
    super();
  }

  async load(): Promise<void> {
    if (this.state === "unreachable") this.state = "loading";
    this.changed();
    try {
      ({ live: this.live, releases: this.releases } = await this.api.releases());
      this.state = "ready";
    } catch (error) {
      if (this.signedOut(error)) return;
      if (this.state !== "ready") this.state = "unreachable";
    }
    this.changed();
  }

  async open(id: number | null): Promise<void> {
    this.opened = id;
    this.changes = "loading";
    this.comparisons = {};
    this.changed();
    if (id === null) return;
    let changes: ReleaseLog["changes"];
    try {
      changes = await this.api.changes(id);
    } catch (error) {
      if (this.signedOut(error)) return;
      changes = "unreachable";
    }
    if (this.opened !== id) return;
    this.changes = changes;
    this.changed();
  }

  async compare({ entry_id: id, before, revision }: Change): Promise<void> {
    const { opened } = this;
    const put = (comparison: Comparison | "loading" | "unreachable"): void => {
      if (this.opened !== opened) return;
      this.comparisons = { ...this.comparisons, [id]: comparison };
      this.changed();
    };
    put("loading");
    try {
      const read = async (number: number | null): Promise<Entry | null> =>
        number === null ? null : (await this.api.revision(id, number)).content;
      const [old, now] = await Promise.all([read(before), read(revision)]);
      put({ before: old, after: now });
    } catch (error) {
      if (!this.signedOut(error)) put("unreachable");
    }
  }

  /** The release that says the same again; null where it could not be made. */
  async restore(id: number, comment: string): Promise<number | null> {
    if (this.busy) return null;
    this.busy = true;
    this.changed();
    const made = await this.attempt(() => this.api.restore(id, comment));
    this.busy = false;
    if (made) await this.load();
    this.changed();
    return made?.release_id ?? null;
  }
}
