const pingMilliseconds = 20_000;
const silenceMilliseconds = 35_000;
const openMilliseconds = 10_000;

export interface SocketEvents<Frame> {
  frame(frame: Frame): void;
  /** Called once, when the socket is over; `code` is 1006 when it never opened or was cut. */
  closed(code: number): void;
}

/**
 * One WebSocket of JSON frames: says hello when it opens, pings while it is quiet, and gives up on a line that
 * has gone silent (a phone that changed networks keeps a dead socket "open" for minutes).
 */
export class JsonSocket<Frame> {
  private readonly socket: WebSocket;
  private readonly ticker: ReturnType<typeof setInterval>;
  private heardAt = Date.now();
  private over = false;

  constructor(
    url: string,
    hello: unknown,
    private readonly events: SocketEvents<Frame>,
  ) {
    this.socket = new WebSocket(url);
    this.socket.onopen = () => {
      this.heardAt = Date.now();
      this.send(hello);
    };
    this.socket.onmessage = (event: MessageEvent<string>) => {
      if (this.over) return;
      this.heardAt = Date.now();
      this.events.frame(JSON.parse(event.data) as Frame);
    };
    this.socket.onclose = (event) => this.finish(event.code);
    this.ticker = setInterval(() => this.tick(), pingMilliseconds / 4);
  }

  /** Whether the frame could be handed to the browser; delivery is known only by the server's answer. */
  send(frame: unknown): boolean {
    if (this.over || this.socket.readyState !== WebSocket.OPEN) return false;
    this.socket.send(JSON.stringify(frame));
    return true;
  }

  close(): void {
    this.over = true;
    clearInterval(this.ticker);
    this.socket.close();
  }

  private tick(): void {
    const silence = Date.now() - this.heardAt;
    const opening = this.socket.readyState === WebSocket.CONNECTING;
    if (silence > (opening ? openMilliseconds : silenceMilliseconds)) {
      this.socket.close();
      this.finish(1006);
    } else if (silence >= pingMilliseconds) {
      this.send({ type: "ping" });
    }
  }

  private finish(code: number): void {
    if (this.over) return;
    this.over = true;
    clearInterval(this.ticker);
    this.events.closed(code);
  }
}

/** `http(s)://…` to `ws(s)://…`. */
export function socketAddress(address: string): string {
  return address.replace(/^http/, "ws");
}
