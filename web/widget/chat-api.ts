import { call } from "../shared/http.ts";
import { socketAddress } from "../shared/socket.ts";
import type { ChatConfig, Conversation, CustomerFacts, Language, LeftMessage, Message, OutgoingMessage } from "../shared/protocol.ts";

/** The customers' calls of docs/protocol.md, on one server. */
export class ChatApi {
  private readonly root: string;

  /** @param server the server's address without a trailing slash, such as `https://bank.example`. */
  constructor(server: string) {
    this.root = `${server}/api/chat`;
  }

  config(): Promise<ChatConfig> {
    return call(`${this.root}/config`);
  }

  start(language: Language, customer?: CustomerFacts): Promise<{ conversation: Conversation; token: string }> {
    return call(`${this.root}/conversations`, { method: "POST", body: { language, channel: "web", ...customer } });
  }

  of(id: string, token: string): ConversationApi {
    return new ConversationApi(`${this.root}/conversations/${encodeURIComponent(id)}`, token);
  }
}

/** The calls within one conversation, with its token. */
export class ConversationApi {
  private readonly headers: Record<string, string>;

  constructor(
    private readonly root: string,
    readonly token: string,
  ) {
    this.headers = { Authorization: `Bearer ${token}` };
  }

  get socketUrl(): string {
    return socketAddress(`${this.root}/socket`);
  }

  async conversation(): Promise<Conversation> {
    return (await call<{ conversation: Conversation }>(this.root, { headers: this.headers })).conversation;
  }

  async send(message: OutgoingMessage): Promise<Message> {
    return (await this.post<{ message: Message }>("/messages", message)).message;
  }

  messages(after: number, waitSeconds: number, signal: AbortSignal): Promise<{ conversation: Conversation; messages: Message[] }> {
    return call(`${this.root}/messages?after=${after}&wait=${waitSeconds}`, { headers: this.headers, signal });
  }

  async askForPerson(): Promise<Conversation> {
    return (await this.post<{ conversation: Conversation }>("/handoff")).conversation;
  }

  async cancelWaiting(): Promise<Conversation> {
    return (await this.post<{ conversation: Conversation }>("/handoff/cancel")).conversation;
  }

  leaveMessage(message: { client_id: string; text: string; contact: string }): Promise<{ conversation: Conversation; left_message: LeftMessage }> {
    return this.post("/left-messages", message);
  }

  feedback(seq: number, helpful: boolean): Promise<void> {
    return this.post(`/messages/${seq}/feedback`, { helpful });
  }

  private post<T>(path: string, body?: unknown): Promise<T> {
    return call(this.root + path, { method: "POST", body, headers: this.headers });
  }
}
