import { Refused } from "../shared/http.ts";
import { randomId } from "../shared/identifiers.ts";
import type {
  Candidate, Case, DeskFrame, MessageCase, Queue, StaffMessage,
} from "../shared/protocol.ts";
import { plainText } from "../shared/markdown.ts";
import { lasting } from "../shared/storage.ts";
import { Arrivals } from "./arrivals.ts";
import { Attention, type Occasion } from "./attention.ts";
import type { Closing, Target } from "./desk-api.ts";
import { DeskLine, type LineState } from "./desk-line.ts";
import { DeskLookups } from "./desk-lookups.ts";
import type { MessageAction } from "./message-actions.ts";
import { Thread, type Written } from "./thread.ts";

const store = lasting("bilin.desk.");
const typingMilliseconds = 8_000;
const againMilliseconds = 4_000;
const summaryMilliseconds = 800;
const empty: Queue = { waiting: [], mine: [], consulted: [] };

/** What one agent has in front of them: who they are, the lists, and the conversations they follow. */
export class DeskSession extends DeskLookups {
  queue: Queue | "loading" | "unreachable" = "loading";
  line: LineState = "connecting";
  selected: string | null = null;
  readonly attention = new Attention();
  /** Says what a notification is to say; the page knows the language. */
  announce: (occasion: Occasion, facts: Case, message: StaffMessage | null) => { title: string; body: string } = () => ({ title: "", body: "" });
  private readonly threads = new Map<string, Thread>();
  private read: Record<string, number> = store.read<Record<string, number>>("read") ?? {};
  private deskLine: DeskLine | null = null;
  private readonly arrivals = new Arrivals();
  /** Lists that the line has brought. */
  private listed = 0;
  private readonly typingTimers = new Map<string, ReturnType<typeof setTimeout>>();
  private summaryTimer: ReturnType<typeof setTimeout> | undefined;

  get ahead(): number {
    return this.api.ahead;
  }

  get lists(): Queue {
    return typeof this.queue === "object" ? this.queue : empty;
  }

  get waiting(): readonly Case[] {
    return this.lists.waiting;
  }

  get mine(): readonly Case[] {
    return this.lists.mine;
  }

  get consulted(): readonly Case[] {
    return this.lists.consulted;
  }

  get thread(): Thread | null {
    return this.selected === null ? null : (this.threads.get(this.selected) ?? null);
  }

  /** The selected case while it still waits and nobody can read it. */
  get preview(): Case | null {
    return this.thread ? null : (this.waiting.find(({ id }) => id === this.selected) ?? null);
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

  isConsulted(id: string): boolean {
    return this.consulted.some((known) => known.id === id);
  }

  /** Asks for the lists. What the line brings meanwhile is as new or newer, and an answer on its way is dropped. */
  async loadQueue(): Promise<void> {
    if (this.queue === "unreachable") this.queue = "loading";
    this.changed();
    const before = this.listed;
    try {
      const lists = await this.api.queue();
      if (this.listed === before) this.takeQueue(lists);
    } catch (error) {
      if (this.isSignedOut(error)) return;
      if (typeof this.queue !== "object") this.queue = "unreachable";
      this.changed();
    }
  }

  /** Opens a case. What the agent may read is read; the rest is shown as what is known of it. */
  select(id: string | null): void {
    const before = this.selected;
    this.selected = id;
    if (id !== null && !this.threads.has(id)) {
      const facts = this.facts(id);
      if (facts && (this.isSupervisor || this.isConsulted(id))) this.follow(facts);
    } else if (this.thread?.state === "error") {
      void this.load(this.thread);
    }
    if (before !== null && before !== id) this.unfollowIfOver(before);
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

  // what changes who has a conversation

  async take(id: string): Promise<void> {
    this.arrivals.expect(id);
    this.gained(id, await this.attempt(() => this.api.take(id)));
  }

  async takeOldest(): Promise<void> {
    const oldest = this.waiting[0];
    if (oldest) await this.take(oldest.id);
  }

  async takeOver(facts: Case): Promise<void> {
    this.arrivals.expect(facts.id);
    this.gained(facts.id, await this.attempt(() => this.api.takeOver(facts)));
    if (this.live !== null) void this.loadLive();
  }

  async takeMessage({ reference, conversation_id }: MessageCase): Promise<void> {
    this.arrivals.expect(conversation_id);
    if (await this.attempt(() => this.api.takeMessage(reference))) this.select(conversation_id);
    else this.arrivals.expect(conversation_id, false);
  }

  async finishMessage({ reference }: MessageCase): Promise<void> {
    if (!(await this.attempt(() => this.api.finishMessage(reference)))) return;
    this.leftMessages = this.leftMessages.filter((each) => each.reference !== reference);
    this.changed();
  }

  handBack(id: string): Promise<boolean> {
    return this.letGo(id, (facts) => this.api.handBack(facts));
  }

  close(id: string, closing: Closing): Promise<boolean> {
    return this.letGo(id, (facts) => this.api.close(facts, closing));
  }

  transfer(id: string, target: Target, memo: string): Promise<boolean> {
    return this.letGo(id, (facts) => this.api.transfer(facts, target, memo));
  }

  consult(id: string, colleagueId: number, question: string): Promise<boolean> {
    return this.keep(id, () => this.api.consult(id, colleagueId, question));
  }

  endConsult(id: string, colleagueId: number): Promise<boolean> {
    return this.keep(id, () => this.api.endConsult(id, colleagueId));
  }

  // what is written

  write(text: string): void {
    const { thread } = this;
    if (!thread) return;
    thread.draft = text;
    if (!text.trim()) thread.suggestion = undefined;
    this.changed();
  }

  writeNote(text: string): void {
    if (this.thread) this.thread.noteDraft = text;
    this.changed();
  }

  /** Remembers that what is put into the box is this suggestion; returns its words. */
  useSuggestion(candidate: Candidate): string {
    const inserted = plainText(candidate.answer);
    const { entry_id, release_id } = candidate;
    const said = { entry_id, inserted, ...(release_id === undefined ? {} : { release_id }) };
    if (this.thread && !this.thread.draft.trim()) this.thread.suggestion = said;
    return inserted;
  }

  reply(text: string): void {
    const { thread } = this;
    if (!thread || !text.trim()) return;
    const { suggestion } = thread;
    const written = { client_id: randomId(), text: text.trim(), refused: false, ...(suggestion ? { suggestion } : {}) };
    thread.replies = [...thread.replies, written];
    thread.suggestion = undefined;
    thread.draft = "";
    this.changed();
    void this.sendReplies(thread);
  }

  note(text: string): void {
    const { thread } = this;
    if (!thread || !text.trim()) return;
    const written = { client_id: randomId(), text: text.trim(), refused: false };
    thread.pendingNotes = [...thread.pendingNotes, written];
    thread.noteDraft = "";
    this.changed();
    void this.sendNote(thread, written);
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

  async other(otherId: string): Promise<StaffMessage[] | null> {
    const { selected } = this;
    return selected === null ? null : this.attempt(() => this.api.other(selected, otherId));
  }

  protected override get namedProblems(): readonly string[] {
    return [
      "already_taken", "not_owner", "at_capacity", "owner_changed", "edit_conflict", "colleague_not_found", "colleague_full", "colleague_offline", "team_not_found",
      "desk_elsewhere",
    ];
  }

  protected override begun(): void {
    this.queue = "loading";
    this.arrivals.forget();
    this.deskLine = new DeskLine(this.api, {
      state: (state) => this.takeState(state),
      frame: (frame) => this.receive(frame),
    });
    this.deskLine.open();
    void this.loadQueue();
    void this.loadCanned();
  }

  protected override ended(): void {
    this.deskLine?.close();
    this.deskLine = null;
    this.queue = "loading";
    this.live = null;
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
          for (const note of thread.pendingNotes) void this.sendNote(thread, note);
        }
        return;
      case "queue":
        if (this.live !== null) void this.loadLive();
        this.listed += 1;
        return this.takeQueue(frame);
      case "presence":
        this.presence = { presence: frame.presence, load: frame.load, capacity: frame.capacity };
        return this.changed();
      case "left_messages":
        this.leftMessages = frame.left_messages;
        return this.changed();
      case "message":
        return this.receiveMessage(frame.conversation_id, frame.message);
      case "note":
        this.threads.get(frame.conversation_id)?.putNote(frame.note);
        return this.changed();
      case "typing":
        return this.showTyping(frame.conversation_id, frame.active);
    }
  }

  private receiveMessage(id: string, message: StaffMessage): void {
    const thread = this.threads.get(id);
    if (!thread) return;
    const isNew = message.seq > (thread.store.messages.at(-1)?.seq ?? 0);
    thread.put(message);
    if (isNew && message.sender === "customer" && this.isMine(id)) this.call("message", thread.facts, message);
    if (id === this.selected) this.loadSummarySoon(thread);
    this.changed();
  }

  private takeQueue({ waiting, mine, consulted }: Queue): void {
    this.queue = { waiting, mine, consulted };
    for (const facts of [...mine, ...consulted]) {
      const thread = this.threads.get(facts.id);
      if (thread) thread.facts = facts;
      else if (this.isMine(facts.id)) this.follow(facts);
    }
    for (const id of this.threads.keys()) if (id !== this.selected) this.unfollowIfOver(id);
    const arrival = this.arrivals.in({ waiting, mine, consulted });
    if (arrival) this.call(arrival.occasion, arrival.facts, null);
    this.changed();
  }

  private call(occasion: Occasion, facts: Case, message: StaffMessage | null): void {
    const { title, body } = this.announce(occasion, facts, message);
    this.attention.call(occasion, title, body, facts.id, () => this.select(facts.id));
  }

  private facts(id: string): Case | undefined {
    const live = Array.isArray(this.live) ? (this.live as readonly Case[]) : [];
    return [...this.mine, ...this.consulted, ...live, ...this.waiting].find((known) => known.id === id);
  }

  private follow(facts: Case): void {
    const thread = new Thread(facts);
    this.threads.set(facts.id, thread);
    void this.load(thread);
  }

  private unfollowIfOver(id: string): void {
    if (this.isMine(id) || !this.threads.delete(id)) return;
    this.deskLine?.send({ type: "unwatch", conversation_id: id });
    const { [id]: _, ...others } = this.read;
    this.read = others;
    store.write("read", others);
  }

  private async load(thread: Thread): Promise<void> {
    thread.state = "loading";
    this.changed();
    try {
      const { case: facts, messages, notes, summary } = await this.api.conversation(thread.id);
      thread.facts = facts;
      thread.summary = summary;
      for (const message of messages) thread.put(message);
      for (const note of notes) thread.putNote(note);
      thread.state = "ready";
      this.watchThread(thread);
      thread.others = await this.api.others(thread.id).catch(() => null);
    } catch (error) {
      if (this.isSignedOut(error)) return;
      thread.state = "error";
    }
    this.changed();
  }

  private loadSummarySoon(thread: Thread): void {
    clearTimeout(this.summaryTimer);
    this.summaryTimer = setTimeout(async () => {
      thread.summary = await this.api.summary(thread.id).catch(() => thread.summary);
      this.changed();
    }, summaryMilliseconds);
  }

  private watchThread(thread: Thread): void {
    const after = { after: thread.store.lastSeq, after_note: thread.lastNote };
    this.deskLine?.send({ type: "watch", conversation_id: thread.id, ...after });
  }

  /** One after the other, so that they arrive in the order they were written; what fails waits for the line. */
  private async sendReplies(thread: Thread): Promise<void> {
    if (thread.sending || !this.threads.has(thread.id)) return;
    thread.sending = true;
    for (let next = thread.nextReply; next; next = thread.nextReply) {
      try {
        thread.put(await this.api.reply(thread.id, next));
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

  /** What is refused comes back into the box; what found no line goes out again when there is one. */
  private async sendNote(thread: Thread, written: Written): Promise<void> {
    try {
      thread.putNote(await this.api.note(thread.id, written));
    } catch (error) {
      if (this.isSignedOut(error) || !(error instanceof Refused)) return;
      thread.pendingNotes = thread.pendingNotes.filter((note) => note !== written);
      thread.noteDraft ||= written.text;
      this.report(error);
    }
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

  private gained(id: string, taken: Case | null): void {
    if (!taken) {
      this.arrivals.expect(id, false);
      return void this.loadQueue();
    }
    const { waiting, mine, consulted } = this.lists;
    const others = { waiting: this.without(waiting, id), consulted: this.without(consulted, id) };
    if (!this.isMine(id)) this.takeQueue({ ...others, mine: [...mine, taken] });
    this.select(id);
  }

  private async letGo(id: string, change: (facts: Case) => Promise<Case>): Promise<boolean> {
    const thread = this.threads.get(id);
    if (!thread) return false;
    const facts = await this.attempt(() => change(thread.facts));
    if (!facts) {
      void this.loadQueue();
      return false;
    }
    thread.facts = facts;
    this.takeQueue({ ...this.lists, mine: this.without(this.mine, id) });
    return true;
  }

  private async keep(id: string, change: () => Promise<Case>): Promise<boolean> {
    const facts = await this.attempt(change);
    const thread = this.threads.get(id);
    if (facts && thread) thread.facts = facts;
    this.changed();
    return facts !== null;
  }

  private without(cases: readonly Case[], id: string): Case[] {
    return cases.filter((known) => known.id !== id);
  }
}
