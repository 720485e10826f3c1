import { css, html, nothing, type TemplateResult } from "lit";
import { query } from "lit/decorators.js";
import { repeat } from "lit/directives/repeat.js";
import { emit } from "../shared/define.ts";
import { foundation, prose } from "../shared/foundation.ts";
import { icon } from "../shared/icons.ts";
import { groupBySender, type Group } from "../shared/message-store.ts";
import type { Case, Note, StaffMessage } from "../shared/protocol.ts";
import { caseMarks, caseStyles } from "./case-card.ts";
import { DeskPart } from "./desk-part.ts";
import { deskStyles } from "./desk-styles.ts";
import { noteStyles, noteView, pendingNote } from "./note-view.ts";
import type { ReplyBox } from "./reply-box.ts";
import { pendingReply, staffMessage, staffMessageStyles } from "./staff-message.ts";
import type { Thread } from "./thread.ts";

const nearEndPixels = 80;
const idLength = 6;

/** The selected conversation, and what the agent can do with it. */
export class ConversationPane extends DeskPart {
  static override styles = [foundation, prose, deskStyles, caseStyles, staffMessageStyles, noteStyles, css`
    :host {
      display: flex;
      flex-direction: column;
      min-width: 0;
      min-height: 0;
      background: var(--paper-sunken);
    }
    header {
      display: flex;
      flex: none;
      flex-wrap: wrap;
      align-items: center;
      gap: var(--space-2);
      min-height: 52px;
      padding: var(--space-2) var(--space-4);
      border-block-end: 1px solid var(--line);
      background: var(--paper);
    }
    header h2 {
      font-size: var(--text-m);
      font-variant-numeric: tabular-nums;
    }
    header .button {
      padding-inline: var(--space-2);
      gap: var(--space-1);
    }
    .advice {
      display: flex;
      flex-wrap: wrap;
      align-items: center;
      gap: var(--space-1) var(--space-2);
      padding: var(--space-1) var(--space-4);
      background: var(--warning-soft);
      font-size: var(--text-xs);
    }
    .advice .button {
      min-height: 26px;
      padding-inline: var(--space-2);
    }
    .back {
      display: none;
    }
    .scroll {
      flex: 1;
      overflow-y: auto;
      padding: var(--space-4);
    }
    .log {
      display: grid;
      grid-template-columns: minmax(0, 1fr);
      gap: var(--space-4);
    }
    .typing {
      min-height: 1.8em;
      margin-top: var(--space-2);
      color: var(--ink-quiet);
    }
    .middle {
      display: grid;
      gap: var(--space-3);
      flex: 1;
      place-content: center;
      justify-items: center;
      max-width: 40ch;
      margin: auto;
      padding: var(--space-4);
      text-align: center;
    }
    .middle > .icon {
      width: 40px;
      height: 40px;
      color: var(--line-strong);
    }
    .middle h2 {
      font-size: var(--text-l);
    }
    .loading {
      display: grid;
      gap: var(--space-4);
    }
    .loading .skeleton {
      width: 60%;
      height: 48px;
      background: var(--line);
    }
    .loading .skeleton:nth-child(even) {
      justify-self: end;
      height: 96px;
    }
    .gone {
      display: flex;
      align-items: center;
      gap: var(--space-2);
      padding: var(--space-4);
      border-block-start: 1px solid var(--line);
      background: var(--paper);
      color: var(--ink-quiet);
    }
    /* The reason says more than the number, where there is room for one. */
    @media (max-width: 1479.98px) {
      header h2 {
        position: absolute;
        clip-path: inset(50%);
      }
    }
    @media (max-width: 640px) {
      header > .marks {
        flex: 1 0 60%;
      }
      header .button {
        padding-inline: var(--space-2);
      }
    }
    @media (max-width: 1039.98px) {
      .back {
        display: inline-flex;
      }
      header {
        padding-inline-start: var(--space-2);
      }
    }
  `];

  @query(".scroll") private scroller!: HTMLElement | null;
  @query("desk-reply") private box!: ReplyBox | null;
  private atEnd = true;
  private drawn = "";
  private observed: HTMLElement | null = null;
  private readonly sizes = new ResizeObserver(() => this.atEnd && this.toEnd());

  focusReply(): void {
    this.box?.focus();
  }

  insert(text: string): void {
    this.box?.insert(text);
  }

  offerCanned(): void {
    this.box?.offerCanned();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.sizes.disconnect();
    this.observed = null;
  }

  override updated(): void {
    const { thread } = this.session;
    this.observe();
    const now = `${thread?.id} ${thread?.state} ${thread?.store.messages.length} ${thread?.replies.length} ${thread?.typing} ${thread?.notes.length} ${thread?.pendingNotes.length}`;
    if (now === this.drawn) return;
    const other = now.split(" ")[0] !== this.drawn.split(" ")[0];
    const waits = (thread?.replies.length ?? 0) + (thread?.pendingNotes.length ?? 0);
    this.drawn = now;
    if (other || this.atEnd || waits > 0) this.toEnd();
  }

  override render(): TemplateResult {
    const { session } = this;
    const { preview, thread } = session;
    if (preview) return this.waiting(preview);
    if (!thread) return this.nothingOpen();
    return html`${this.header(thread.facts)}${this.advice(thread.facts)}${this.body(thread)}${this.foot(thread)}`;
  }

  private header(facts: Case): TemplateResult {
    const { session, t } = this;
    return html`<header>
      <button type="button" class="button bare square back" aria-label=${t("conversation.back")}
        @click=${() => emit(this, "show-pane", "queue")}>${icon("back")}</button>
      <h2 title=${facts.id}>${t("conversation.title", { id: facts.id.slice(-idLength) })}</h2>
      ${caseMarks(facts, t)}
      ${session.isMine(facts.id) ? this.actions(facts) : nothing}
      ${session.isSupervisor && session.thread && !session.isMine(facts.id) && facts.owner !== "closed"
        ? html`<button type="button" class="button" data-testid="take-over" title="Alt+O" @click=${() => void session.takeOver(facts)}>
            ${icon("insert")}${t("conversation.take_over")}</button>`
        : nothing}
    </header>`;
  }

  private actions(facts: Case): TemplateResult {
    const { session, t } = this;
    return html`
      <button type="button" class="button" data-testid="consult" title="Alt+C" @click=${() => emit(this, "ask-transfer", { advice: true })}>
        ${icon("chat")}${t("conversation.consult")}</button>
      <button type="button" class="button" data-testid="transfer" title="Alt+X" @click=${() => emit(this, "ask-transfer", { advice: false })}>
        ${icon("transfer")}${t("conversation.transfer")}</button>
      <button type="button" class="button" data-testid="return" title="Alt+B" @click=${() => void session.handBack(facts.id)}>
        ${icon("bot")}${t("conversation.return")}</button>
      <button type="button" class="button" data-testid="close" title="Alt+W" @click=${() => emit(this, "ask-close")}>
        ${icon("close")}${t("conversation.close")}</button>`;
  }

  /** Who is asked for advice, with a way to end it. */
  private advice({ id, consulted }: Case): TemplateResult | typeof nothing {
    const { session, t } = this;
    if (consulted.length === 0) return nothing;
    return html`<div class="advice" data-testid="advice">${icon("lock")}${consulted.map((colleague) => html`
      <span>${colleague.id === session.me ? t("conversation.advising") : t("conversation.advised", { name: colleague.name })}</span>
      ${colleague.id === session.me || session.isMine(id)
        ? html`<button type="button" class="button" data-testid="end-consult" @click=${() => void session.endConsult(id, colleague.id)}>${t("conversation.end_advice")}</button>`
        : nothing}`)}</div>`;
  }

  private body(thread: Thread): TemplateResult {
    const { t } = this;
    if (thread.state === "error") {
      return html`<div class="middle" role="alert">
        ${icon("warning")}<h2>${t("conversation.error")}</h2><p>${t("app.unreachable")}</p>
        <button type="button" class="button" @click=${() => this.session.reload()}>${t("app.retry")}</button>
      </div>`;
    }
    if (thread.state === "loading" && thread.store.messages.length === 0) {
      return html`<div class="scroll"><div class="loading" role="status" aria-label=${t("conversation.loading")}>
        <div class="skeleton"></div><div class="skeleton"></div><div class="skeleton"></div></div></div>`;
    }
    return html`<div class="scroll" tabindex="0" role="group" aria-label=${t("conversation.log")} @scroll=${this.scrolled}>
      <div class="log" role="log" aria-label=${t("conversation.log")} aria-live=${thread.state === "ready" ? "polite" : "off"}>
        ${this.groups(thread)}
        ${thread.pendingNotes.map((note) => pendingNote(note, this.language, t))}
      </div>
      <p class="typing small" role="status">${thread.typing ? t("conversation.typing") : nothing}</p>
    </div>`;
  }

  private groups(thread: Thread): unknown {
    const parts = partsOf(thread);
    return repeat(
      parts,
      (part) => `${thread.id} ${part.key}`,
      (part, at) => "note" in part ? noteView(part.note, this.language, this.t) : this.group(part.group, thread, at === parts.length - 1),
    );
  }

  private group(group: Group<StaffMessage>, thread: Thread, last: boolean): TemplateResult {
    const { session, t } = this;
    if (group.messages[0]?.kind === "notice") return staffMessage(group.messages[0], t);
    const online = session.line === "online";
    const items = [
      ...group.messages.map((message) => ({ key: message.client_id ?? message.seq, draw: () => staffMessage(message, t) })),
      ...(last && group.sender === "agent" ? thread.replies : []).map((reply) => ({
        key: reply.client_id,
        draw: () => pendingReply(reply, online, t, () => session.discard(reply.client_id)),
      })),
    ];
    return html`<div class="group ${group.sender}">
      <p class="by"><span>${group.name ?? t(`sender.${group.sender}`)}</span>${this.time(group.messages[0])}</p>
      ${repeat(items, (item) => item.key, (item) => item.draw())}
    </div>`;
  }

  private time(message: StaffMessage | undefined): TemplateResult | typeof nothing {
    if (!message) return nothing;
    const at = new Date(message.created_at);
    const text = at.toLocaleTimeString(this.language, { hour: "2-digit", minute: "2-digit", hour12: false });
    return html`<time class="numbers" datetime=${message.created_at} title=${at.toLocaleString(this.language)}>${text}</time>`;
  }

  private foot(thread: Thread): TemplateResult | typeof nothing {
    const { session, t, language } = this;
    if (session.isMine(thread.id)) {
      return html`<desk-reply .session=${session} .t=${t} .language=${language}></desk-reply>`;
    }
    const key = thread.facts.owner === "closed" ? "conversation.closed"
      : session.isConsulted(thread.id) ? "conversation.notes_only"
      : session.isSupervisor ? "conversation.reading" : "conversation.gone";
    return html`<p class="gone" role="status">${icon("information")}${t(key)}</p>`;
  }

  private waiting(facts: Case): TemplateResult {
    const { session, t } = this;
    return html`${this.header(facts)}
      <div class="middle">
        ${icon("clock")}<h2>${t("conversation.waiting")}</h2><p class="quiet">${t("conversation.waiting.hint")}</p>
        <button type="button" class="button main" data-testid="take-open" @click=${() => void session.take(facts.id)}>
          ${t("queue.take")}</button>
      </div>`;
  }

  private nothingOpen(): TemplateResult {
    return html`<div class="middle">
      ${icon("chat")}<h2>${this.t("conversation.none")}</h2><p class="quiet">${this.t("conversation.none.hint")}</p>
    </div>`;
  }

  /** The box grows and shrinks with the reply below it; the newest message stays in sight. */
  private observe(): void {
    if (this.observed === this.scroller) return;
    this.sizes.disconnect();
    this.observed = this.scroller;
    if (this.observed) this.sizes.observe(this.observed);
  }

  private toEnd(): void {
    this.atEnd = true;
    if (this.scroller) this.scroller.scrollTop = this.scroller.scrollHeight;
  }

  private scrolled(): void {
    if (!this.scroller) return;
    const { scrollHeight, scrollTop, clientHeight } = this.scroller;
    this.atEnd = scrollHeight - scrollTop - clientHeight < nearEndPixels;
  }
}

type Part = { key: string; note: Note } | { key: string; group: Group<StaffMessage> };

/** What is drawn one below the other: groups of messages, and the notes between them. */
function partsOf(thread: Thread): Part[] {
  const parts: Part[] = [];
  let run: StaffMessage[] = [];
  const endRun = (): void => {
    for (const group of groupBySender(run)) parts.push({ key: `${group.messages[0]!.client_id ?? group.messages[0]!.seq}`, group });
    run = [];
  };
  for (const entry of thread.entries) {
    if (entry.kind === "message") {
      run.push(entry.message);
      continue;
    }
    endRun();
    parts.push({ key: `note ${entry.note.number}`, note: entry.note });
  }
  endRun();
  const last = parts.at(-1);
  if (thread.replies[0] && !(last && "group" in last && last.group.sender === "agent")) {
    parts.push({ key: thread.replies[0].client_id, group: { sender: "agent", name: null, messages: [] } });
  }
  return parts;
}
