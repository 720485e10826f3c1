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
  /** Whether there are older ones than those that were read. */
  more = false;
  /** The day of which only what was live then is shown; empty for all. */
  on = "";
  opened: number | null = null;
  /** The release that is open, also where it is older than those that were read. */
  release: Release | null = null;
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
    const { on } = this;
    try {
      const { live, releases, more } = await this.api.releases(null, on);
      if (this.on !== on) return;
      const oldest = releases.at(-1)?.id ?? 0;
      const known = this.releases.findIndex(({ id }) => id === oldest);
      const older = this.state === "ready" && known >= 0 ? this.releases.slice(known + 1) : [];
      this.live = live;
      this.releases = [...releases, ...older];
      if (older.length === 0) this.more = more;
      this.state = "ready";
    } catch (error) {
      if (this.on !== on || this.signedOut(error)) return;
      if (this.state !== "ready") this.state = "unreachable";
    }
    this.changed();
  }

  /** Those that were live on a day at the bank, the last of that day first; all for an empty one. */
  async show(on: string): Promise<void> {
    if (this.on === on) return;
    this.on = on;
    this.state = "loading";
    await this.load();
  }

  async loadMore(): Promise<void> {
    const { on, releases } = this;
    const oldest = releases.at(-1);
    if (!oldest || this.busy) return;
    this.busy = true;
    this.changed();
    const page = await this.attempt(() => this.api.releases(oldest.id, on));
    this.busy = false;
    if (page && this.on === on && this.releases.at(-1)?.id === oldest.id) {
      this.releases = [...this.releases, ...page.releases];
      this.more = page.more;
    }
    this.changed();
  }

  async open(id: number | null): Promise<void> {
    this.opened = id;
    this.release = this.releases.find((each) => each.id === id) ?? null;
    this.changes = "loading";
    this.comparisons = {};
    this.changed();
    if (id === null) return;
    let found: Awaited<ReturnType<EditorApi["release"]>> | null = null;
    try {
      found = await this.api.release(id);
    } catch (error) {
      if (this.signedOut(error)) return;
    }
    if (this.opened !== id) return;
    this.release = found?.release ?? this.release;
    this.changes = found?.changes ?? "unreachable";
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
