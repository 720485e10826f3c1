import { LitElement, css, html, nothing, type TemplateResult } from "lit";
import { property, state } from "lit/decorators.js";
import { emit } from "../shared/define.ts";
import { foundation } from "../shared/foundation.ts";
import { Refused } from "../shared/http.ts";
import type { Translate } from "../shared/i18n.ts";
import { icon } from "../shared/icons.ts";
import type { StaffMessage } from "../shared/protocol.ts";
import { deskStyles } from "./desk-styles.ts";

/** The draft that a reply was kept as. */
export interface KeptReply {
  entry_id: string;
  revision: number;
}

/** What a message was told from; null where no entry says it. */
export interface Trace {
  release: { id: number; published_by: string; published_at: string } | null;
  entry: { id: string; revision: number; author: string; reviewer: string | null } | null;
  /** Whether an agent changed the entry's words. */
  edited: boolean;
}

type Action = MessageAction["do"];

/** What came of an action: what is said of it, and whether it can be tried again. */
interface Result {
  said: string;
  failed: boolean;
}

/** Asked of whoever holds the conversation; `answer` takes the promise of the call. */
export type MessageAction =
  | { do: "keep"; seq: number; answer: (kept: Promise<KeptReply>) => void }
  | { do: "trace"; seq: number; answer: (trace: Promise<Trace>) => void };

/** What can be done with a message that is stored: keep an agent's reply for the knowledge base, trace what an entry says. */
export class MessageActions extends LitElement {
  static override styles = [foundation, deskStyles, css`
    p {
      display: flex;
      flex-wrap: wrap;
      align-items: center;
      gap: var(--space-1) var(--space-2);
      color: var(--ink-quiet);
      font-size: var(--text-xs);
    }
    .button {
      min-height: 24px;
      padding: 0 var(--space-1);
      color: var(--ink-quiet);
      font-size: var(--text-xs);
    }
    .button:hover {
      color: var(--accent-text);
    }
    .failed {
      color: var(--danger);
    }
    @media (pointer: coarse) {
      .button {
        min-height: var(--target-dense);
      }
    }
  `];

  @property({ attribute: false }) message!: StaffMessage;
  @property({ attribute: false }) t!: Translate;
  @state() private results: Partial<Record<Action, Result>> = {};
  @state() private busy: Action | null = null;

  override render(): TemplateResult | typeof nothing {
    const { actions } = this;
    return actions.length > 0 ? html`<p role="status">${actions.map((action) => html`${this.action(action)} `)}</p>` : nothing;
  }

  private get actions(): Action[] {
    const { sender, kind, turn } = this.message;
    if (kind === "answer") return ["trace"];
    if (sender !== "agent" || kind !== "text") return [];
    return turn?.suggestion?.release_id === undefined ? ["keep"] : ["keep", "trace"];
  }

  private action(action: Action): TemplateResult {
    const { t, busy } = this;
    const result = this.results[action];
    if (result && !result.failed) return html`<span data-testid=${`${action}-done`}>${result.said}</span>`;
    return html`<button type="button" class="button bare" data-testid=${action} aria-disabled=${busy ? "true" : "false"} @click=${() => this.run(action)}>
        ${icon(action === "keep" ? "insert" : "information")}${t(action === "keep" ? "keep.action" : "trace.action")}</button>
      ${result ? html`<span class="failed">${result.said}</span>` : nothing}`;
  }

  private run(action: Action): void {
    if (this.busy) return;
    this.busy = action;
    const { seq } = this.message;
    if (action === "keep") {
      const answer = (kept: Promise<KeptReply>): void => void this.tell(action, kept, ({ entry_id: id, revision }) => this.t("keep.done", { id, revision }));
      emit<MessageAction>(this, "message-action", { do: action, seq, answer });
    } else {
      emit<MessageAction>(this, "message-action", { do: action, seq, answer: (trace) => void this.tell(action, trace, (found) => this.traced(found)) });
    }
  }

  private async tell<T>(action: Action, call: Promise<T>, say: (found: T) => string): Promise<void> {
    let result: Result;
    try {
      result = { said: say(await call), failed: false };
    } catch (error) {
      const already = error instanceof Refused && error.code === "already_drafted";
      const reason = error instanceof Refused ? error.reason : this.t("problem.unreachable");
      result = { said: already ? this.t("keep.already") : reason, failed: !already };
    }
    this.results = { ...this.results, [action]: result };
    this.busy = null;
  }

  private traced({ entry, release, edited }: Trace): string {
    if (!entry || !release) return this.t("trace.none");
    return this.t(edited ? "trace.edited" : "trace.found", { id: entry.id, revision: entry.revision, author: entry.author, reviewer: entry.reviewer ?? "–", release: release.id });
  }
}
