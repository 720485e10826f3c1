import type { Message, Sender } from "../shared/protocol.ts";

/** The messages of one conversation, each once, in the order of their sequence numbers. */
export class MessageStore<M extends Message = Message> {
  private list: M[] = [];
  private contiguous = 0;

  get messages(): readonly M[] {
    return this.list;
  }

  /** The highest `seq` up to which nothing is missing: what to ask the server to go on from. */
  get lastSeq(): number {
    return this.contiguous;
  }

  /** Adds the message, or puts it in the place of the one with its `seq`; true if it is new. */
  put(message: M): boolean {
    const at = this.list.findIndex((known) => known.seq >= message.seq);
    const known = at >= 0 && this.list[at]!.seq === message.seq;
    if (known) this.list = this.list.with(at, message);
    else this.list = at < 0 ? [...this.list, message] : this.list.toSpliced(at, 0, message);
    while (this.list[this.contiguous]?.seq === this.contiguous + 1) this.contiguous += 1;
    return !known;
  }

  hasClientId(clientId: string): boolean {
    return this.list.some((message) => message.client_id === clientId);
  }
}

export interface Group<M> {
  readonly sender: Sender;
  readonly name: string | null;
  readonly messages: M[];
}

/** Consecutive messages of one sender under one name; each notice stands alone. */
export function groupBySender<M extends Message>(messages: readonly M[]): Group<M>[] {
  const groups: Group<M>[] = [];
  for (const message of messages) {
    const last = groups.at(-1);
    const joins =
      last !== undefined && message.kind !== "notice" && last.messages[0]!.kind !== "notice" &&
      last.sender === message.sender && last.name === message.sender_name;
    if (joins) last.messages.push(message);
    else groups.push({ sender: message.sender, name: message.sender_name, messages: [message] });
  }
  return groups;
}
