import { Refused } from "../shared/http.ts";
import { randomId } from "../shared/identifiers.ts";
import type { Case, DeskFrame, MessageCase, OwnPresence, PresenceName, Queue } from "../shared/protocol.ts";
import { SignedIn } from "../shared/signed-in.ts";
import { lasting } from "../shared/storage.ts";
import type { DeskApi } from "./desk-api.ts";
import { DeskLine, type LineState } from "./desk-line.ts";
import type { MessageAction } from "./message-actions.ts";
import { Thread } from "./thread.ts";

const store = lasting("bilin.desk.");
const typingMilliseconds = 8_000;
const againMilliseconds = 4_000;

/** What one agent has in front of them: who they are, the two lists, and the conversations they follow. */
export class DeskSession extends SignedIn<DeskApi> {
  queue: Queue | "loading" | "unreachable" = "loading";
  line: LineState = "connecting";
  selected: string | null = null;
  /** Null until the server has said it, and for somebody who is no agent. */
  presence: OwnPresence | null = null;
  leftMessages: readonly MessageCase[] = [];
  private readonly threads = new Map<string, Thread>();
  private read: Record<string, number> = store.read<Record<string, number>>("read") ?? {};
  private deskLine: DeskLine | null = null;
  private readonly typingTimers = new Map<string, ReturnType<typeof setTimeout>>();

  get ahead(): number {
    return this.api.ahead;
  }

  get waiting(): readonly Case[] {
    return typeof this.queue === "object" ? this.queue.waiting : [];
  }

  get mine(): readonly Case[] {
    return typeof this.queue === "object" ? this.queue.mine : [];
  }

  get thread(): Thread | null {
    return this.selected === null ? null : (this.threads.get(this.selected) ?? null);
  }

  /** The selected case while it still waits and nobody can read it. */
  get preview(): Case | null {
    return this.waiting.find(({ id }) => id === this.selected) ?? null;
  }

  get unread(): number {
    return this.mine.reduce((sum, { id }) => sum + this.unreadOf(id), 0);
  }

  unreadOf(id: string): number {
    return this.threads.get(id)?.unreadAfter(this.read[id] ?? 0) ?? 0;
  }

  isMine(id: string): boolean {
    return this.mine.some((known) => known.id === id);
  }

  async loadQueue(): Promise<void> {
    if (this.queue === "unreachable") this.queue = "loading";
    this.changed();
    try {
      this.takeQueue(await this.api.queue());
    } catch (error) {
      if (this.isSignedOut(error)) return;
      if (typeof this.queue !== "object") this.queue = "unreachable";
      this.changed();
    }
  }

  select(id: string | null): void {
    this.selected = id;
    if (id !== null && this.thread?.state === "error") void this.load(this.thread);
    this.changed();
  }

  /** The next of the agent's own chats, those with something unread first. */
  selectNext(): void {
    const { mine } = this;
    if (mine.length === 0) return;
    const from = mine.findIndex(({ id }) => id === this.selected) + 1;
    const others = [...mine.slice(from), ...mine.slice(0, from)];
    this.select((others.find(({ id }) => this.unreadOf(id) > 0) ?? others[0]!).id);
  }

  markRead(id: string): void {
    const last = this.threads.get(id)?.store.messages.at(-1)?.seq ?? 0;
    if ((this.read[id] ?? 0) >= last) return;
    this.read = { ...this.read, [id]: last };
    store.write("read", this.read);
    this.changed();
  }

  async take(id: string): Promise<void> {
    const taken = await this.attempt(() => this.api.take(id));
    if (taken) {
      if (!this.isMine(id)) this.takeQueue({ waiting: this.without(this.waiting, id), mine: [...this.mine, taken] });
      this.select(id);
    } else {
      void this.loadQueue();
    }
  }

  async takeOldest(): Promise<void> {
    const oldest = this.waiting[0];
    if (oldest) await this.take(oldest.id);
  }

  async choosePresence(wanted: PresenceName): Promise<void> {
    this.presence = (await this.attempt(() => this.api.choosePresence(wanted))) ?? this.presence;
    this.changed();
  }

  async takeMessage({ reference, conversation_id }: MessageCase): Promise<void> {
    if (await this.attempt(() => this.api.takeMessage(reference))) this.select(conversation_id);
  }

  async finishMessage({ reference }: MessageCase): Promise<void> {
    if (!(await this.attempt(() => this.api.finishMessage(reference)))) return;
    this.leftMessages = this.leftMessages.filter((each) => each.reference !== reference);
    this.changed();
  }

  handBack(id: string): Promise<void> {
    return this.letGo(id, () => this.api.handBack(id));
  }

  close(id: string): Promise<void> {
    return this.letGo(id, () => this.api.close(id));
  }

  write(text: string): void {
    if (this.thread) this.thread.draft = text;
    this.changed();
  }

  reply(text: string): void {
    const { thread } = this;
    if (!thread || !text.trim()) return;
    thread.replies = [...thread.replies, { client_id: randomId(), text: text.trim(), refused: false }];
    thread.draft = "";
    this.changed();
    void this.sendReplies(thread);
  }

  discard(clientId: string): void {
    this.thread?.drop(clientId);
    this.changed();
  }

  /** What is asked of a message of the selected conversation. */
  ask(action: MessageAction): void {
    const { selected } = this;
    if (selected === null) return;
    if (action.do === "keep") action.answer(this.api.keepReply(selected, action.seq));
    else action.answer(this.api.trace(selected, action.seq));
  }

  tellTyping(active: boolean): void {
    if (this.selected) this.deskLine?.send({ type: "typing", conversation_id: this.selected, active });
  }

  reload(): void {
    if (this.thread) void this.load(this.thread);
  }

  protected override get namedProblems(): readonly string[] {
    return ["already_taken", "not_owner", "at_capacity"];
  }

  protected override begun(): void {
    this.queue = "loading";
    this.deskLine = new DeskLine(this.api, {
      state: (state) => this.takeState(state),
      frame: (frame) => this.receive(frame),
    });
    this.deskLine.open();
    void this.loadQueue();
  }

  protected override ended(): void {
    this.deskLine?.close();
    this.deskLine = null;
    this.queue = "loading";
    this.selected = null;
    this.threads.clear();
    this.presence = null;
    this.leftMessages = [];
  }

  private takeState(state: LineState): void {
    const lost = this.line === "online" && state === "offline";
    this.line = state;
    // The socket cannot say why it closed; a session that has run out is seen by asking.
    if (lost) void this.api.me().catch((error: unknown) => this.isSignedOut(error));
    this.changed();
  }

  private receive(frame: DeskFrame): void {
    switch (frame.type) {
      case "welcome":
        for (const thread of this.threads.values()) {
          if (thread.state === "ready") this.watchThread(thread);
          else void this.load(thread);
          void this.sendReplies(thread);
        }
        return;
      case "queue":
        return this.takeQueue(frame);
      case "presence":
        this.presence = { presence: frame.presence, load: frame.load, capacity: frame.capacity };
        return this.changed();
      case "left_messages":
        this.leftMessages = frame.left_messages;
        return this.changed();
      case "message":
        this.threads.get(frame.conversation_id)?.put(frame.message);
        return this.changed();
      case "typing":
        return this.showTyping(frame.conversation_id, frame.active);
    }
  }

  private takeQueue({ waiting, mine }: Queue): void {
    this.queue = { waiting, mine };
    for (const facts of mine) {
      const thread = this.threads.get(facts.id);
      if (thread) thread.facts = facts;
      else this.follow(facts);
    }
    for (const id of this.threads.keys()) {
      if (!this.isMine(id) && id !== this.selected) this.unfollow(id);
    }
    this.changed();
  }

  private follow(facts: Case): void {
    const thread = new Thread(facts);
    this.threads.set(facts.id, thread);
    void this.load(thread);
  }

  private unfollow(id: string): void {
    this.deskLine?.send({ type: "unwatch", conversation_id: id });
    this.threads.delete(id);
    const { [id]: _, ...others } = this.read;
    this.read = others;
    store.write("read", others);
  }

  private async load(thread: Thread): Promise<void> {
    thread.state = "loading";
    this.changed();
    try {
      const { case: facts, messages } = await this.api.conversation(thread.id);
      thread.facts = facts;
      for (const message of messages) thread.put(message);
      thread.state = "ready";
      this.watchThread(thread);
    } catch (error) {
      if (this.isSignedOut(error)) return;
      thread.state = "error";
    }
    this.changed();
  }

  private watchThread(thread: Thread): void {
    this.deskLine?.send({ type: "watch", conversation_id: thread.id, after: thread.store.lastSeq });
  }

  /** One after the other, so that they arrive in the order they were written; what fails waits for the line. */
  private async sendReplies(thread: Thread): Promise<void> {
    if (thread.sending || !this.threads.has(thread.id)) return;
    thread.sending = true;
    for (let next = thread.nextReply; next; next = thread.nextReply) {
      try {
        thread.put(await this.api.reply(thread.id, { client_id: next.client_id, text: next.text }));
      } catch (error) {
        if (this.isSignedOut(error)) break;
        if (!(error instanceof Refused)) {
          setTimeout(() => void this.sendReplies(thread), againMilliseconds);
          break;
        }
        thread.refuse(next.client_id);
        this.report(error);
      }
      this.changed();
    }
    thread.sending = false;
    this.changed();
  }

  private showTyping(id: string, active: boolean): void {
    const thread = this.threads.get(id);
    if (!thread) return;
    thread.typing = active;
    clearTimeout(this.typingTimers.get(id));
    if (active) this.typingTimers.set(id, setTimeout(() => this.showTyping(id, false), typingMilliseconds));
    this.changed();
  }

  private async letGo(id: string, change: () => Promise<Case>): Promise<void> {
    const facts = await this.attempt(change);
    if (!facts) return;
    const thread = this.threads.get(id);
    if (thread) thread.facts = facts;
    this.takeQueue({ waiting: [...this.waiting], mine: this.without(this.mine, id) });
  }

  private without(cases: readonly Case[], id: string): Case[] {
    return cases.filter((known) => known.id !== id);
  }
}
