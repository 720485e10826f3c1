import { backoffMilliseconds } from "../shared/backoff.ts";
import { Refused } from "../shared/http.ts";
import { randomId } from "../shared/identifiers.ts";
import { MessageStore } from "../shared/message-store.ts";
import { Observable } from "../shared/observable.ts";
import type { ChatConfig, Conversation, CustomerFacts, Language, LeftMessage, Message } from "../shared/protocol.ts";
import type { JsonStore } from "../shared/storage.ts";
import type { ChatApi, ConversationApi } from "./chat-api.ts";
import { ChatLine, type LineState } from "./chat-line.ts";
import { Outbox, type Outgoing } from "./outbox.ts";
import { RatingState } from "./rating-state.ts";

interface Kept {
  id: string;
  token: string;
  used_at: number;
  seen: number;
  feedback: Record<number, boolean>;
}

const key = "conversation";
const customerKey = "customer";
const keepMilliseconds = 24 * 60 * 60 * 1000;
const answerMilliseconds = 10_000;
const typingMilliseconds = { bot: 30_000, agent: 8_000 };

/** One customer's conversation, as the widget draws it: what is known, what is on its way, and the line's state. */
export class ChatSession extends Observable {
  config: ChatConfig | "loading" | "unreachable" = "loading";
  conversation: Conversation | null = null;
  line: LineState = "connecting";
  typing: "bot" | "agent" | null = null;
  /** The history has been read: what comes from now on is new to the customer. */
  restored = false;
  /** A call for a person, or its cancelling, is on its way. */
  busy = false;
  problem: "handoff" | null = null;
  readonly rating = new RatingState(() => this.api, () => this.changed());

  private store = new MessageStore();
  private kept: Kept | null;
  private api: ConversationApi | null = null;
  private chatLine: ChatLine | null = null;
  private readonly outbox: Outbox;
  private readonly inFlight = new Map<string, number>();
  private caughtUp = false;
  private starting: Promise<void> | null = null;
  private expiries = 0;
  private typingTimer: ReturnType<typeof setTimeout> | undefined;
  private readonly resendTimer: ReturnType<typeof setInterval>;

  constructor(
    private readonly chat: ChatApi,
    private readonly storage: JsonStore,
    private readonly language: () => Language,
    private readonly customer: () => CustomerFacts | undefined = () => undefined,
  ) {
    super();
    this.outbox = new Outbox(storage);
    const kept = storage.read<Kept>(key);
    this.kept = kept && kept.used_at > Date.now() - keepMilliseconds ? kept : null;
    this.restored = this.kept === null;
    this.resendTimer = setInterval(() => this.flush(), answerMilliseconds / 2);
    window.addEventListener("online", this.loadConfigAgain);
  }

  dispose(): void {
    clearInterval(this.resendTimer);
    clearTimeout(this.typingTimer);
    window.removeEventListener("online", this.loadConfigAgain);
    this.chatLine?.close();
  }

  get messages(): readonly Message[] {
    return this.store.messages;
  }

  /** What has been written and is not among the messages yet. */
  get unsent(): readonly Outgoing[] {
    return this.outbox.entries.filter((entry) => !this.store.hasClientId(entry.client_id));
  }

  get unread(): number {
    const seen = this.kept?.seen ?? 0;
    return this.messages.filter(({ seq, sender }) => seq > seen && (sender === "bot" || sender === "agent")).length;
  }

  get hasConversation(): boolean {
    return this.kept !== null;
  }

  feedbackOn(seq: number): boolean | null {
    return this.kept?.feedback[seq] ?? null;
  }

  isOnItsWay(clientId: string): boolean {
    return this.line === "online" && this.inFlight.has(clientId);
  }

  async loadConfig(): Promise<void> {
    this.config = "loading";
    this.changed();
    try {
      this.config = await this.chat.config();
      if (!this.chatLine) this.line = "online";
    } catch {
      this.config = "unreachable";
      if (!this.chatLine) this.line = "offline";
    }
    this.changed();
  }

  /** Goes on with the conversation that this browser last had, and with what could not be sent then. */
  async resume(): Promise<void> {
    if (!this.kept) {
      if (this.outbox.entries.length > 0) void this.ensureConversation();
      return;
    }
    const api = this.chat.of(this.kept.id, this.kept.token);
    try {
      this.conversation = await api.conversation();
    } catch (error) {
      if (error instanceof Refused && [401, 404].includes(error.status)) return this.expire();
    }
    this.connect(api);
  }

  /** Puts the text in the outbox, from which it goes out once. */
  say(text: string, choice?: string): void {
    const trimmed = text.trim();
    if (!trimmed) return;
    this.outbox.add({ client_id: randomId(), text: trimmed, ...(choice === undefined ? {} : { choice }) });
    this.changed();
    if (this.chatLine) this.flush();
    else void this.ensureConversation();
    this.chatLine?.retry();
  }

  discard(clientId: string): void {
    this.outbox.remove(clientId);
    this.changed();
  }

  tellTyping(active: boolean): void {
    if (this.conversation?.owner === "agent") this.chatLine?.typing(active);
  }

  askForPerson(): Promise<void> {
    return this.changeOwner((api) => api.askForPerson());
  }

  cancelWaiting(): Promise<void> {
    return this.changeOwner((api) => api.cancelWaiting());
  }

  /** Leaves a message in place of waiting; null when that failed, and what was written may be sent again. */
  async leaveMessage(message: { client_id: string; text: string; contact: string }): Promise<LeftMessage | null> {
    try {
      if (!this.api) await this.ensureConversation(false);
      if (!this.api) return null;
      const { conversation, left_message } = await this.api.leaveMessage(message);
      this.conversation = conversation;
      this.changed();
      return left_message;
    } catch (error) {
      if (error instanceof Refused && [401, 404].includes(error.status)) this.expire();
      return null;
    }
  }

  async rate(seq: number, helpful: boolean): Promise<void> {
    if (!this.kept || !this.api) return;
    this.keep({ feedback: { ...this.kept.feedback, [seq]: helpful } });
    this.changed();
    await this.api.feedback(seq, helpful).catch(() => {
      if (!this.kept) return;
      const { [seq]: _, ...others } = this.kept.feedback;
      this.keep({ feedback: others });
      this.changed();
    });
  }

  markSeen(): void {
    if (!this.kept || this.kept.seen >= this.store.lastSeq) return;
    this.keep({ seen: this.store.lastSeq });
    this.changed();
  }

  /** Leaves a closed conversation; the next message starts another. Returns what had been refused, to be edited. */
  startAnew(): string {
    const refused = this.unsent.filter((entry) => entry.refusal !== undefined);
    for (const entry of refused) this.outbox.remove(entry.client_id);
    this.forget();
    this.line = this.config === "unreachable" ? "offline" : "online";
    this.changed();
    return refused.map((entry) => entry.text).join("\n");
  }

  /** The customer says that they are done. */
  endConversation(): Promise<void> {
    return this.changeOwner((api) => api.end());
  }

  private async changeOwner(change: (api: ConversationApi) => Promise<Conversation>): Promise<void> {
    if (this.busy) return;
    this.busy = true;
    this.problem = null;
    this.changed();
    try {
      if (!this.api) await this.ensureConversation(false);
      if (this.api) {
        this.conversation = await change(this.api);
        this.rating.follow(this.conversation);
      }
    } catch (error) {
      if (error instanceof Refused && [401, 404].includes(error.status)) this.expire();
      this.problem = "handoff";
    }
    this.busy = false;
    this.changed();
  }

  /** Starts a conversation unless there is one; keeps trying while something waits to be sent. */
  private ensureConversation(keepTrying = true): Promise<void> {
    this.starting ??= this.start(keepTrying).finally(() => {
      this.starting = null;
    });
    return this.starting;
  }

  private async start(keepTrying: boolean): Promise<void> {
    for (let failures = this.expiries; ; failures += 1) {
      if (failures > 0) await new Promise((resolve) => setTimeout(resolve, backoffMilliseconds(failures)));
      try {
        const known = this.storage.read<string>(customerKey);
        const { conversation, token, customer } = await this.chat.start(this.language(), this.customer(), known);
        this.storage.write(customerKey, customer);
        this.conversation = conversation;
        this.kept = { id: conversation.id, token, used_at: Date.now(), seen: 0, feedback: {} };
        this.keep({});
        this.connect(this.chat.of(conversation.id, token));
        return;
      } catch (error) {
        this.line = "offline";
        this.changed();
        if (!keepTrying) throw error;
      }
    }
  }

  private connect(api: ConversationApi): void {
    this.api = api;
    this.chatLine = new ChatLine(api, () => this.store.lastSeq, {
      state: (state) => {
        this.line = state;
        this.caughtUp = false;
        this.inFlight.clear();
        this.showTyping(null);
      },
      conversation: (conversation) => {
        this.conversation = conversation;
        this.rating.follow(conversation);
        this.changed();
      },
      message: (message) => this.receive(message),
      typing: (sender, active) => this.showTyping(active ? sender : null),
      acknowledged: (clientId) => {
        // The entry stays until its message comes, so that it does not vanish in between.
        this.inFlight.set(clientId, Infinity);
        this.expiries = 0;
      },
      refused: (clientId, message) => {
        this.outbox.refuse(clientId, message);
        this.inFlight.delete(clientId);
        this.changed();
      },
      caughtUp: () => {
        this.caughtUp = true;
        this.restored = true;
        this.flush();
        this.changed();
      },
      expired: () => this.expire(),
    });
    this.chatLine.open();
    this.changed();
  }

  private receive(message: Message): void {
    this.store.put(message);
    if (message.client_id) {
      this.outbox.remove(message.client_id);
      this.inFlight.delete(message.client_id);
    }
    if (message.sender === this.typing) this.showTyping(null);
    this.keep({ used_at: Date.now() });
    this.changed();
  }

  /** Hands to the line what it has not been given, and again what was never acknowledged. */
  private flush(): void {
    if (!this.chatLine || !this.caughtUp) return;
    const late = Date.now() - answerMilliseconds;
    for (const entry of this.unsent) {
      if (entry.refusal !== undefined || (this.inFlight.get(entry.client_id) ?? 0) > late) continue;
      if (!this.chatLine.send(entry)) return;
      this.inFlight.set(entry.client_id, Date.now());
      this.changed();
    }
  }

  private showTyping(sender: "bot" | "agent" | null): void {
    clearTimeout(this.typingTimer);
    this.typing = sender;
    if (sender) this.typingTimer = setTimeout(() => this.showTyping(null), typingMilliseconds[sender]);
    this.changed();
  }

  private expire(): void {
    this.expiries += 1;
    this.forget();
    this.line = "online";
    this.changed();
    if (this.outbox.entries.length > 0) void this.ensureConversation();
  }

  private forget(): void {
    this.chatLine?.close();
    this.chatLine = null;
    this.api = null;
    this.kept = null;
    this.conversation = null;
    this.rating.forget();
    this.store = new MessageStore();
    this.inFlight.clear();
    this.typing = null;
    this.restored = true;
    this.storage.remove(key);
  }

  private keep(change: Partial<Kept>): void {
    if (!this.kept) return;
    this.kept = { ...this.kept, ...change };
    this.storage.write(key, this.kept);
  }

  private readonly loadConfigAgain = (): void => {
    if (this.config === "unreachable") void this.loadConfig();
  };
}
