import { Observable } from "../shared/observable.ts";
import type { Attempt } from "../shared/signed-in.ts";
import type { EditorApi } from "./editor-api.ts";
import type { AuditLine, AuditQuery } from "./knowledge.ts";

/** Who did what, the newest first, as far as it is asked for. */
export class AuditLog extends Observable {
  state: "loading" | "ready" | "unreachable" = "loading";
  query: AuditQuery = { who: "", subject: "", action: "", since: "", until: "" };
  lines: readonly AuditLine[] = [];
  /** Whether there are older ones than those that were read. */
  more = false;
  busy = false;

  constructor(
    private readonly api: EditorApi,
    private readonly attempt: Attempt,
    private readonly signedOut: (error: unknown) => boolean,
  ) {
    super();
  }

  async load(): Promise<void> {
    const { query } = this;
    this.state = "loading";
    this.changed();
    try {
      const page = await this.api.audit(query, null);
      if (this.query !== query) return;
      this.lines = page.lines;
      this.more = page.more;
      this.state = "ready";
    } catch (error) {
      if (this.query !== query || this.signedOut(error)) return;
      this.state = "unreachable";
    }
    this.changed();
  }

  choose(change: Partial<AuditQuery>): Promise<void> {
    this.query = { ...this.query, ...change };
    return this.load();
  }

  async loadMore(): Promise<void> {
    const { query } = this;
    const oldest = this.lines.at(-1);
    if (!oldest || this.busy) return;
    this.busy = true;
    this.changed();
    const page = await this.attempt(() => this.api.audit(query, oldest.id));
    this.busy = false;
    if (page && this.query === query && this.lines.at(-1) === oldest) {
      this.lines = [...this.lines, ...page.lines];
      this.more = page.more;
    }
    this.changed();
  }
}
