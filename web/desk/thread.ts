import { MessageStore } from "../shared/message-store.ts";
import type { Candidate, Case, Note, OtherConversation, StaffMessage, Summary, Turn } from "../shared/protocol.ts";

/** Below this an entry has nothing to do with what was asked. */
const leastConfidence = 0.05;

/** The suggested answer that a reply began as, and its words as they were put into the box. */
export interface UsedSuggestion {
  entry_id: string;
  inserted: string;
  release_id?: number;
}

/** Something written that the server has not confirmed. */
export interface Written {
  client_id: string;
  text: string;
  refused: boolean;
  suggestion?: UsedSuggestion;
}

/** What stands in the log: a message, or a note between two messages. */
export type Entry = { kind: "message"; message: StaffMessage } | { kind: "note"; note: Note };

/** A turn is stored as it is found out: its language and emotion first, what the knowledge base has later. */
const nothingKnown: Turn = {
  outcome: "", language: "", emotion: "neutral", emotion_confidence: 0, intent: null, candidates: [],
};

/** One conversation on the agent's desk. */
export class Thread {
  state: "loading" | "error" | "ready" = "loading";
  draft = "";
  noteDraft = "";
  typing = false;
  /** A reply is on its way. */
  sending = false;
  replies: readonly Written[] = [];
  pendingNotes: readonly Written[] = [];
  notes: readonly Note[] = [];
  summary: Summary | null = null;
  others: readonly OtherConversation[] | null = null;
  /** The suggestion that stands in the box, as long as something does. */
  suggestion: UsedSuggestion | undefined;
  readonly store = new MessageStore<StaffMessage>();

  constructor(public facts: Case) {}

  get id(): string {
    return this.facts.id;
  }

  get nextReply(): Written | undefined {
    return this.replies.find((reply) => !reply.refused);
  }

  get lastNote(): number {
    return this.notes.at(-1)?.number ?? 0;
  }

  put(message: StaffMessage): void {
    this.store.put({ ...message, turn: message.turn && { ...nothingKnown, ...message.turn } });
    if (message.client_id) this.drop(message.client_id);
    if (message.sender === "customer") this.typing = false;
  }

  putNote(note: Note): void {
    if (!this.notes.some(({ number }) => number === note.number)) {
      this.notes = [...this.notes, note].toSorted((a, b) => a.number - b.number);
    }
    this.pendingNotes = this.pendingNotes.filter(({ client_id }) => client_id !== note.client_id);
  }

  /** Messages with the notes where they were written. */
  get entries(): readonly Entry[] {
    const entries: Entry[] = [];
    const notes = [...this.notes];
    const notesUpTo = (seq: number): void => {
      while (notes[0] && notes[0].after_seq <= seq) entries.push({ kind: "note", note: notes.shift()! });
    };
    for (const message of this.store.messages) {
      notesUpTo(message.seq - 1);
      entries.push({ kind: "message", message });
    }
    notesUpTo(Infinity);
    return entries;
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
    const likely = (latest?.turn?.candidates ?? []).filter(({ confidence }) => confidence >= leastConfidence);
    return likely.toSorted((a, b) => b.confidence - a.confidence).slice(0, 3);
  }

  /** Entries that were given or suggested in this conversation, the latest first: what may have solved it. */
  get answersSoFar(): readonly { entry_id: string; question: string }[] {
    const found = new Map<string, string>();
    for (const { kind, data, turn } of this.store.messages.toReversed()) {
      if (kind === "answer") found.set(data.entry_id, data.question);
      for (const { entry_id, question } of turn?.candidates ?? []) if (!found.has(entry_id)) found.set(entry_id, question);
    }
    return [...found].map(([entry_id, question]) => ({ entry_id, question }));
  }
}
