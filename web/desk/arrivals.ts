import type { Case, Queue } from "../shared/protocol.ts";

/** Somebody waits, or waits for a more urgent reason; or the queue has given the agent a chat. */
export interface Arrival {
  occasion: "waiting" | "given";
  facts: Case;
}

/** What is new in the lists and deserves a call. What an agent takes by hand is no surprise to them. */
export class Arrivals {
  private waiting: ReadonlySet<string> | null = null;
  private mine: ReadonlySet<string> = new Set();
  private readonly expected = new Set<string>();

  /** The agent is taking this one, or was refused it. */
  expect(id: string, taking = true): void {
    if (taking) this.expected.add(id);
    else this.expected.delete(id);
  }

  /** The one to call for, a chat of the agent's own first; null for the first lists, and when nothing is new. */
  in({ waiting, mine }: Queue): Arrival | null {
    const [waited, held, first] = [this.waiting, this.mine, this.waiting === null];
    this.waiting = new Set(waiting.map(key));
    this.mine = new Set(mine.map(({ id }) => id));
    const given = mine.find(({ id }) => !held.has(id) && !this.expected.has(id));
    for (const { id } of mine) this.expected.delete(id);
    const arrived = waiting.find((facts) => !waited?.has(key(facts)));
    if (first) return null;
    if (given) return { occasion: "given", facts: given };
    return arrived ? { occasion: "waiting", facts: arrived } : null;
  }

  forget(): void {
    this.waiting = null;
    this.mine = new Set();
    this.expected.clear();
  }
}

function key({ id, reason }: Case): string {
  return `${id} ${reason}`;
}
