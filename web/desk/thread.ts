import { MessageStore } from "../shared/message-store.ts";
import type { Candidate, Case, StaffMessage, Turn } from "../shared/protocol.ts";

export interface Reply {
  client_id: string;
  text: string;
  refused: boolean;
}

/** A turn is stored as it is found out: its language and emotion first, what the knowledge base has later. */
const nothingKnown: Turn = {
  outcome: "", language: "", emotion: "neutral", emotion_confidence: 0, intent: null, candidates: [],
};

/** One conversation on the agent's desk. */
export class Thread {
  state: "loading" | "error" | "ready" = "loading";
  draft = "";
  typing = false;
  /** A reply is on its way. */
  sending = false;
  replies: readonly Reply[] = [];
  readonly store = new MessageStore<StaffMessage>();

  constructor(public facts: Case) {}

  get id(): string {
    return this.facts.id;
  }

  get nextReply(): Reply | undefined {
    return this.replies.find((reply) => !reply.refused);
  }

  put(message: StaffMessage): void {
    this.store.put({ ...message, turn: message.turn && { ...nothingKnown, ...message.turn } });
    if (message.client_id) this.drop(message.client_id);
    if (message.sender === "customer") this.typing = false;
  }

  drop(clientId: string): void {
    this.replies = this.replies.filter((reply) => reply.client_id !== clientId);
  }

  refuse(clientId: string): void {
    this.replies = this.replies.map((reply) => (reply.client_id === clientId ? { ...reply, refused: true } : reply));
  }

  /** The customer's messages that no agent has answered, after the last one that this agent has seen. */
  unreadAfter(seen: number): number {
    const { messages } = this.store;
    const from = Math.max(seen, messages.findLast(({ sender }) => sender === "agent")?.seq ?? 0);
    return messages.filter(({ sender, seq }) => sender === "customer" && seq > from).length;
  }

  /** What the knowledge base offers for the customer's latest message, surest first. */
  get suggestions(): readonly Candidate[] {
    const latest = this.store.messages.findLast(({ sender }) => sender === "customer");
    return (latest?.turn?.candidates ?? []).toSorted((a, b) => b.confidence - a.confidence).slice(0, 3);
  }
}
