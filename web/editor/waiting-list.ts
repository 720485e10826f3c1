import { Observable } from "../shared/observable.ts";
import type { EditorApi } from "./editor-api.ts";
import type { Waiting } from "./knowledge.ts";

const pageSize = 50;
const largestPage = 500;

/** What waits for a reviewer, the longest wait first, read a page at a time. */
export class WaitingList extends Observable {
  state: "loading" | "ready" | "unreachable" = "loading";
  entries: readonly Waiting[] = [];
  total = 0;
  /** Whether the next page is being read, or could not be. */
  more: "idle" | "loading" | "error" = "idle";
  private next: number | null = null;
  private readings = 0;

  constructor(
    protected readonly api: EditorApi,
    protected readonly signedOut: (error: unknown) => boolean,
  ) {
    super();
  }

  get hasMore(): boolean {
    return this.next !== null;
  }

  /** Asks only how many wait. */
  async count(): Promise<void> {
    try {
      this.total = (await this.api.review(0, 0)).total;
    } catch (error) {
      if (this.signedOut(error)) return;
    }
    this.changed();
  }

  /** Reads the list from its beginning, as far as it was read before. What is on the screen stays until then. */
  async load(): Promise<void> {
    const reading = ++this.readings;
    if (this.state === "unreachable") this.state = "loading";
    this.more = "idle";
    this.changed();
    try {
      const read = await this.read([], 0, Math.max(this.entries.length, pageSize));
      if (reading !== this.readings) return;
      this.take(read);
      this.state = "ready";
    } catch (error) {
      if (this.signedOut(error) || reading !== this.readings) return;
      if (this.state !== "ready") this.state = "unreachable";
    }
    this.changed();
  }

  /** Reads the next page, or with `all` every page that is left. False where it could not be. */
  async loadMore(all = false): Promise<boolean> {
    if (this.next === null) return true;
    if (this.more === "loading") return false;
    const reading = ++this.readings;
    this.more = "loading";
    this.changed();
    try {
      const read = await this.read(this.entries, this.next, all ? Infinity : this.entries.length + pageSize);
      if (reading !== this.readings) return false;
      this.take(read);
      this.more = "idle";
    } catch (error) {
      if (this.signedOut(error) || reading !== this.readings) return false;
      this.more = "error";
    }
    this.changed();
    return this.more === "idle";
  }

  /** Takes what no longer waits out of the list. */
  protected remove(ids: ReadonlySet<string>): void {
    const left = this.entries.filter(({ id }) => !ids.has(id));
    this.total = Math.max(0, this.total - (this.entries.length - left.length));
    this.entries = left;
    this.changed();
  }

  protected take({ entries, total, next }: Read): void {
    this.entries = entries;
    this.total = total;
    this.next = next;
  }

  private async read(before: readonly Waiting[], after: number, wanted: number): Promise<Read> {
    const entries = new Map(before.map((each) => [each.id, each]));
    let next: number | null = after;
    let total = 0;
    do {
      const page = await this.api.review(next, Math.min(largestPage, Math.max(pageSize, wanted - entries.size)));
      for (const each of page.entries) entries.set(each.id, each);
      ({ next, total } = page);
    } while (next !== null && entries.size < wanted);
    return { entries: [...entries.values()], total, next };
  }
}

interface Read {
  entries: readonly Waiting[];
  total: number;
  next: number | null;
}
