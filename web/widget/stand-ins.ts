/** Stand-ins for the browser's WebSocket and fetch, which tests drive by hand. */

export class StandInSocket {
  static readonly CONNECTING = 0;
  static readonly OPEN = 1;
  static all: StandInSocket[] = [];
  static get latest(): StandInSocket {
    return StandInSocket.all.at(-1)!;
  }

  readyState = 0;
  readonly sent: Record<string, unknown>[] = [];
  onopen: (() => void) | null = null;
  onmessage: ((event: { data: string }) => void) | null = null;
  onclose: ((event: { code: number }) => void) | null = null;

  constructor(readonly url: string) {
    StandInSocket.all.push(this);
  }

  send(text: string): void {
    this.sent.push(JSON.parse(text) as Record<string, unknown>);
  }

  close(): void {
    this.readyState = 3;
  }

  opens(): void {
    this.readyState = StandInSocket.OPEN;
    this.onopen?.();
  }

  receives(...frames: unknown[]): void {
    for (const frame of frames) this.onmessage?.({ data: JSON.stringify(frame) });
  }

  ends(code = 1006): void {
    this.readyState = 3;
    this.onclose?.({ code });
  }

  sentMessages(): unknown[] {
    return this.sent.filter(({ type }) => type === "message").map(({ text }) => text);
  }
}

export interface Asked {
  method: string;
  path: string;
  body: unknown;
}

/** A fetch that answers by the route (`POST /messages`), and remembers what was asked. */
export function standInFetch(routes: (asked: Asked) => { status: number; body?: unknown } | "down" | "never"): {
  fetch: typeof fetch;
  asked: Asked[];
} {
  const asked: Asked[] = [];
  return {
    asked,
    fetch: async (input, init) => {
      const { pathname, search } = new URL(String(input));
      const one = { method: init?.method ?? "GET", path: pathname + search, body: init?.body ? JSON.parse(String(init.body)) as unknown : undefined };
      asked.push(one);
      const answer = routes(one);
      if (answer === "down") throw new TypeError("Failed to fetch");
      if (answer === "never") return new Promise(() => {});
      return new Response(answer.body === undefined ? null : JSON.stringify(answer.body), { status: answer.status });
    },
  };
}
