import type { OutgoingMessage } from "../shared/protocol.ts";
import type { JsonStore } from "../shared/storage.ts";

export interface Outgoing extends OutgoingMessage {
  /** Milliseconds since 1970. */
  written_at: number;
  /** What the server said when it refused the message. */
  refusal?: string;
}

const key = "outbox";
const keepMilliseconds = 24 * 60 * 60 * 1000;

/**
 * What the customer has written and the server has not yet acknowledged. It outlives the page, and is read anew
 * before each change because another tab may hold the same conversation.
 */
export class Outbox {
  constructor(private readonly store: JsonStore) {}

  get entries(): readonly Outgoing[] {
    const oldest = Date.now() - keepMilliseconds;
    return (this.store.read<Outgoing[]>(key) ?? []).filter((entry) => entry.written_at > oldest);
  }

  add(message: OutgoingMessage): void {
    this.write([...this.entries, { ...message, written_at: Date.now() }]);
  }

  remove(clientId: string): void {
    this.write(this.entries.filter((entry) => entry.client_id !== clientId));
  }

  refuse(clientId: string, refusal: string): void {
    this.write(this.entries.map((entry) => (entry.client_id === clientId ? { ...entry, refusal } : entry)));
  }

  private write(entries: Outgoing[]): void {
    if (entries.length === 0) this.store.remove(key);
    else this.store.write(key, entries);
  }
}
