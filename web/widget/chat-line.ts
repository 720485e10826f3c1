import { backoffMilliseconds } from "../shared/backoff.ts";
import { Refused } from "../shared/http.ts";
import { JsonSocket } from "../shared/socket.ts";
import type { ChatFrame, Conversation, Message, OutgoingMessage } from "../shared/protocol.ts";
import type { ConversationApi } from "./chat-api.ts";

export type LineState = "connecting" | "online" | "offline";

export interface LineEvents {
  state(state: LineState): void;
  conversation(conversation: Conversation): void;
  message(message: Message): void;
  typing(sender: "bot" | "agent", active: boolean): void;
  acknowledged(clientId: string): void;
  refused(clientId: string, message: string): void;
  /** Everything stored so far has been seen: what is still unsent may go out now. */
  caughtUp(): void;
  /** The token opens nothing any more. */
  expired(): void;
}

const tokenIsWrong = 4401;
const socketTries = 2;
const pollSeconds = 25;
const pollingMilliseconds = 120_000;

/**
 * The line to one conversation: a WebSocket, kept open with growing pauses; where it cannot be opened twice in a
 * row (a proxy that knows only HTTP), long polling instead, with another try of the socket every two minutes.
 */
export class ChatLine {
  private socket: JsonSocket<ChatFrame> | null = null;
  private polling: AbortController | null = null;
  private sending: Promise<void> = Promise.resolve();
  private wake: () => void = () => {};
  private socketFailures = 0;
  private over = false;

  constructor(
    private readonly api: ConversationApi,
    private readonly lastSeq: () => number,
    private readonly events: LineEvents,
  ) {}

  open(): void {
    window.addEventListener("online", this.retry);
    window.addEventListener("offline", this.drop);
    document.addEventListener("visibilitychange", this.retryWhenSeen);
    this.events.state("connecting");
    void this.keepOpen();
  }

  close(): void {
    this.over = true;
    window.removeEventListener("online", this.retry);
    window.removeEventListener("offline", this.drop);
    document.removeEventListener("visibilitychange", this.retryWhenSeen);
    this.drop();
    this.wake();
  }

  /** Tries at once instead of at the end of the pause. */
  readonly retry = (): void => this.wake();

  /** Whether the message is on its way; whether it has arrived is told by the events. */
  send({ client_id, text, choice }: OutgoingMessage): boolean {
    const message = choice === undefined ? { client_id, text } : { client_id, text, choice };
    if (this.socket) return this.socket.send({ type: "message", ...message });
    this.sending = this.sending.then(() => this.post(message));
    return true;
  }

  typing(active: boolean): void {
    this.socket?.send({ type: "typing", active });
  }

  private readonly retryWhenSeen = (): void => {
    if (document.visibilityState === "visible") this.wake();
  };

  private readonly drop = (): void => {
    this.polling?.abort();
    this.socket?.close();
    this.endSocket(1006);
  };

  private async keepOpen(): Promise<void> {
    let failures = 0;
    while (!this.over) {
      const polls = this.socketFailures === socketTries;
      const wasOpen = polls ? await this.holdPolling() : await this.holdSocket();
      if (this.over) return;
      failures = wasOpen ? 1 : failures + 1;
      const changesWay = polls ? this.socketFailures > 0 : this.socketFailures === socketTries;
      if (changesWay) continue;
      this.events.state("offline");
      await this.pause(backoffMilliseconds(failures));
    }
  }

  private endSocket: (code: number) => void = () => {};

  /** Resolves when the socket is over, with whether it had been open. */
  private holdSocket(): Promise<boolean> {
    return new Promise((resolve) => {
      let welcomed = false;
      let behind: number | null = null;
      const catchUp = (): void => {
        if (behind === null || this.lastSeq() < behind) return;
        behind = null;
        this.events.caughtUp();
      };
      this.endSocket = (code) => {
        this.endSocket = () => {};
        this.socket = null;
        this.socketFailures = welcomed ? 0 : this.socketFailures + 1;
        if (code === tokenIsWrong) this.expire();
        resolve(welcomed);
      };
      this.socket = new JsonSocket<ChatFrame>(
        this.api.socketUrl,
        { type: "hello", token: this.api.token, after: this.lastSeq() },
        {
          frame: (frame) => {
            this.receive(frame);
            if (frame.type === "welcome") {
              welcomed = true;
              this.socketFailures = 0;
              behind = frame.conversation.last_seq;
              this.events.state("online");
            }
            if (frame.type === "welcome" || frame.type === "message") catchUp();
          },
          closed: (code) => this.endSocket(code),
        },
      );
    });
  }

  private receive(frame: ChatFrame): void {
    switch (frame.type) {
      case "welcome":
      case "conversation":
        return this.events.conversation(frame.conversation);
      case "message":
        return this.events.message(frame.message);
      case "typing":
        return this.events.typing(frame.sender, frame.active);
      case "ack":
        return this.events.acknowledged(frame.client_id);
      case "error":
        if (frame.client_id) this.events.refused(frame.client_id, frame.message);
    }
  }

  /** Resolves when polling has failed or it is time to try the socket again, with whether it had worked. */
  private async holdPolling(): Promise<boolean> {
    const until = Date.now() + pollingMilliseconds;
    let worked = false;
    this.polling = new AbortController();
    try {
      while (Date.now() < until && !this.over) {
        const { conversation, messages } = await this.api.messages(this.lastSeq(), worked ? pollSeconds : 0, this.polling.signal);
        if (this.over) break;
        for (const message of messages) this.events.message(message);
        this.events.conversation(conversation);
        if (!worked) this.events.state("online");
        worked = true;
        this.events.caughtUp();
      }
      this.socketFailures = socketTries - 1;
    } catch (error) {
      if (error instanceof Refused && [401, 404].includes(error.status)) this.expire();
      this.socketFailures = 0;
    }
    this.polling = null;
    return worked;
  }

  private async post(message: OutgoingMessage): Promise<void> {
    try {
      this.events.message(await this.api.send(message));
    } catch (error) {
      if (!(error instanceof Refused)) return;
      if ([401, 404].includes(error.status)) this.expire();
      else this.events.refused(message.client_id, error.message);
    }
  }

  private expire(): void {
    if (this.over) return;
    this.close();
    this.events.expired();
  }

  private pause(milliseconds: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, milliseconds);
      this.wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}
