import { backoffMilliseconds } from "../shared/backoff.ts";
import { JsonSocket } from "../shared/socket.ts";
import type { DeskFrame } from "../shared/protocol.ts";
import type { DeskApi } from "./desk-api.ts";

export type LineState = "connecting" | "online" | "offline";

export interface LineEvents {
  state(state: LineState): void;
  frame(frame: DeskFrame): void;
}

/** The desk's socket, opened again with growing pauses for as long as the agent is signed in. */
export class DeskLine {
  private socket: JsonSocket<DeskFrame> | null = null;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private failures = 0;

  constructor(
    private readonly api: DeskApi,
    private readonly events: LineEvents,
  ) {}

  open(): void {
    window.addEventListener("online", this.connect);
    window.addEventListener("offline", this.drop);
    this.events.state("connecting");
    this.connect();
  }

  close(): void {
    window.removeEventListener("online", this.connect);
    window.removeEventListener("offline", this.drop);
    clearTimeout(this.timer);
    this.socket?.close();
    this.socket = null;
  }

  send(frame: unknown): void {
    this.socket?.send(frame);
  }

  private readonly connect = (): void => {
    clearTimeout(this.timer);
    this.socket?.close();
    this.socket = new JsonSocket<DeskFrame>(
      this.api.socketUrl,
      { type: "hello", csrf: this.api.csrf },
      {
        frame: (frame) => {
          if (frame.type === "welcome") {
            this.failures = 0;
            this.events.state("online");
          }
          this.events.frame(frame);
        },
        closed: () => this.lost(),
      },
    );
  };

  private readonly drop = (): void => {
    this.socket?.close();
    this.lost();
  };

  private lost(): void {
    this.socket = null;
    this.failures += 1;
    this.events.state("offline");
    clearTimeout(this.timer);
    this.timer = setTimeout(this.connect, backoffMilliseconds(this.failures));
  }
}
