import { Refused } from "../shared/http.ts";
import { Observable } from "../shared/observable.ts";
import type { EditorApi } from "./editor-api.ts";
import type { Trials } from "./knowledge.ts";

/** A customer's question, and what the live and the draft knowledge would do with it. */
export class TestBench extends Observable {
  text = "";
  state: "idle" | "asking" | "ready" | "unreachable" | "refused" = "idle";
  reason = "";
  trials: Trials | null = null;
  private asked = 0;

  constructor(
    private readonly api: EditorApi,
    private readonly signedOut: (error: unknown) => boolean,
  ) {
    super();
  }

  write(text: string): void {
    this.text = text;
    this.changed();
  }

  async ask(): Promise<void> {
    const text = this.text.trim();
    if (!text) return;
    const asked = ++this.asked;
    this.state = "asking";
    this.changed();
    try {
      const trials = await this.api.try(text);
      if (asked !== this.asked) return;
      this.trials = trials;
      this.state = "ready";
    } catch (error) {
      if (asked !== this.asked || this.signedOut(error)) return;
      this.state = error instanceof Refused ? "refused" : "unreachable";
      this.reason = error instanceof Refused ? error.reason : "";
    }
    this.changed();
  }
}
