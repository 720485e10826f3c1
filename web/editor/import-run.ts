import { Observable } from "../shared/observable.ts";
import type { Attempt } from "../shared/signed-in.ts";
import type { EditorApi } from "./editor-api.ts";
import type { Import } from "./knowledge.ts";

const pollMilliseconds = 700;

/** A file that is checked, then applied; how far it is, is asked for until it is done. */
export class ImportRun extends Observable {
  run: Import | null = null;
  /** The file's name while it is being sent. */
  sending: string | null = null;
  /** Whether the last question how far it is went unanswered; it is asked again. */
  lost = false;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly api: EditorApi,
    private readonly attempt: Attempt,
    private readonly signedOut: (error: unknown) => boolean,
    private readonly done: () => void,
  ) {
    super();
  }

  /** Goes on showing an import that is under way, as after the page was loaded anew. */
  async find(): Promise<void> {
    if (this.run || this.sending) return;
    try {
      const underWay = (await this.api.imports()).find(({ state }) => state === "applying");
      const run = underWay ? await this.api.import(underWay.id) : null;
      if (run && !this.run && !this.sending) this.take(run);
    } catch (error) {
      this.signedOut(error);
    }
  }

  async check(file: File): Promise<void> {
    this.forget();
    this.sending = file.name;
    this.changed();
    this.run = await this.attempt(() => this.api.upload(file));
    this.sending = null;
    this.changed();
  }

  async apply(): Promise<void> {
    const { run } = this;
    if (!run || run.state !== "checked") return;
    this.run = { ...run, state: "applying" };
    this.changed();
    const applied = await this.attempt(() => this.api.apply(run.id));
    this.take(applied ?? run);
  }

  forget(): void {
    clearTimeout(this.timer);
    this.run = null;
    this.lost = false;
    this.changed();
  }

  private take(run: Import): void {
    this.run = run;
    this.lost = false;
    clearTimeout(this.timer);
    if (run.state === "applying") this.timer = setTimeout(() => void this.poll(run.id), pollMilliseconds);
    if (run.state === "done") this.done();
    this.changed();
  }

  private async poll(id: string): Promise<void> {
    try {
      const progress = await this.api.progress(id);
      const ended = progress.state === "applying" ? null : await this.api.import(id);
      if (this.run?.id === id) this.take(ended ?? { ...this.run, ...progress, rows: this.run.rows });
    } catch (error) {
      if (this.signedOut(error) || this.run?.id !== id) return;
      this.lost = true;
      this.timer = setTimeout(() => void this.poll(id), pollMilliseconds * 3);
      this.changed();
    }
  }
}
