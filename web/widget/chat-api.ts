import { call } from "../shared/http.ts";
import { socketAddress } from "../shared/socket.ts";
import type {
  AskedRating, ChatConfig, Conversation, CustomerFacts, Language, LeftMessage, Message, OutgoingMessage,
} from "../shared/protocol.ts";

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

  /** @param known what the server gave with the last conversation, by which it knows the customer again. */
  start(
    language: Language, facts?: CustomerFacts, known: string | null = null,
  ): Promise<{ conversation: Conversation; token: string; customer: string }> {
    const body = { language, channel: "web", ...facts, ...(known === null ? {} : { customer: known }) };
    return call(`${this.root}/conversations`, { method: "POST", body });
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

  async end(): Promise<Conversation> {
    return (await this.post<{ conversation: Conversation }>("/end")).conversation;
  }

  async ratingsAsked(): Promise<AskedRating[]> {
    return (await call<{ subjects: AskedRating[] }>(`${this.root}/rating`, { headers: this.headers })).subjects;
  }

  rateService(subject: AskedRating["subject"], score: number, comment?: string): Promise<void> {
    return this.post("/rating", { subject, score, ...(comment === undefined ? {} : { comment }) });
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
