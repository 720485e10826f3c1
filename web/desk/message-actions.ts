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
}

/** Asked of whoever holds the conversation; `answer` takes the promise of the call. */
export type MessageAction =
  | { do: "keep"; seq: number; answer: (kept: Promise<KeptReply>) => void }
  | { do: "trace"; seq: number; answer: (trace: Promise<Trace>) => void };

/** What can be done with a message that is stored: keep an agent's reply for the knowledge base, trace an answer. */
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
  @state() private said: string | null = null;
  @state() private failed = false;
  @state() private busy = false;

  override render(): TemplateResult | typeof nothing {
    const { message, t } = this;
    const action = message.sender === "agent" && message.kind === "text" ? "keep" : message.kind === "answer" ? "trace" : null;
    if (!action) return nothing;
    return html`<p role="status">${this.said && !this.failed
      ? html`<span data-testid=${`${action}-done`}>${this.said}</span>`
      : html`<button type="button" class="button bare" data-testid=${action} aria-disabled=${this.busy ? "true" : "false"} @click=${() => this.run(action)}>
          ${icon(action === "keep" ? "insert" : "information")}${t(action === "keep" ? "keep.action" : "trace.action")}</button>
        ${this.failed ? html`<span class="failed">${this.said}</span>` : nothing}`}</p>`;
  }

  private run(action: "keep" | "trace"): void {
    if (this.busy) return;
    this.busy = true;
    const { seq } = this.message;
    if (action === "keep") {
      const answer = (kept: Promise<KeptReply>): void => void this.tell(kept, ({ entry_id: id, revision }) => this.t("keep.done", { id, revision }));
      emit<MessageAction>(this, "message-action", { do: action, seq, answer });
    } else {
      emit<MessageAction>(this, "message-action", { do: action, seq, answer: (trace) => void this.tell(trace, (found) => this.traced(found)) });
    }
  }

  private async tell<T>(call: Promise<T>, say: (found: T) => string): Promise<void> {
    try {
      this.said = say(await call);
      this.failed = false;
    } catch (error) {
      const already = error instanceof Refused && error.code === "already_drafted";
      this.failed = !already;
      this.said = already ? this.t("keep.already") : error instanceof Refused ? error.reason : this.t("problem.unreachable");
    }
    this.busy = false;
  }

  private traced({ entry, release }: Trace): string {
    if (!entry || !release) return this.t("trace.none");
    return this.t("trace.found", { id: entry.id, revision: entry.revision, author: entry.author, reviewer: entry.reviewer ?? "–", release: release.id });
  }
}
