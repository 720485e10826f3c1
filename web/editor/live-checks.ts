import { Refused } from "../shared/http.ts";
import { Observable } from "../shared/observable.ts";
import type { EditorApi } from "./editor-api.ts";
import { cleaned } from "./entry-content.ts";
import type { Entry, Finding } from "./knowledge.ts";

const pauseMilliseconds = 600;

/** What the checks find in what is typed, asked for once the typing pauses. */
export class LiveChecks extends Observable {
  state: "idle" | "checking" | "ready" | "unreachable" | "refused" = "idle";
  /** What is wrong with an entry that cannot be checked at all. */
  reason = "";
  findings: readonly Finding[] = [];
  private timer: ReturnType<typeof setTimeout> | undefined;
  private asked = 0;

  constructor(private readonly api: EditorApi) {
    super();
  }

  clear(): void {
    clearTimeout(this.timer);
    this.asked++;
    this.state = "idle";
    this.findings = [];
    this.changed();
  }

  ask(entry: Entry, pause: number = pauseMilliseconds): void {
    clearTimeout(this.timer);
    const clean = cleaned(entry);
    this.asked++;
    if (!clean.id || !clean.scenario || Object.keys(clean.variants).length === 0) return;
    this.state = "checking";
    this.timer = setTimeout(() => void this.check(clean, this.asked), pause);
    this.changed();
  }

  private async check(entry: Entry, asked: number): Promise<void> {
    try {
      const findings = await this.api.check(entry);
      if (asked !== this.asked) return;
      this.findings = findings;
      this.state = "ready";
    } catch (error) {
      if (asked !== this.asked) return;
      this.state = error instanceof Refused ? "refused" : "unreachable";
      this.reason = error instanceof Refused ? error.reason : "";
    }
    this.changed();
  }
}
