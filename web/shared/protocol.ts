/** The wire protocol as types; docs/protocol.md is the contract. */

export type Language = "zh" | "en";
export type Owner = "bot" | "waiting" | "agent" | "closed";
export type Sender = "customer" | "bot" | "agent" | "system";
export type Emotion = "neutral" | "anger" | "anxiety" | "distress";
export type NoticeEvent =
  | "waiting" | "joined" | "transferred" | "to_team" | "returned" | "closed" | "cancelled" | "bot_unavailable" | "agent_lost" | "message_left"
  | "urgent" | "noted";

export interface ErrorBody {
  error: { code: string; message: string; request_id?: string; details?: { field: string; message: string }[] };
}

export interface TextButton {
  label: string;
  text: string;
}

export interface EntryQuestion {
  entry_id: string;
  question: string;
}

export interface RelatedQuestion extends EntryQuestion {
  /** What to show; messages from before it was told have only the question. */
  label?: string;
}

export interface TextData {
  buttons?: TextButton[];
}

export interface AnswerData extends EntryQuestion {
  updated: string | null;
  risk: string | null;
  related: RelatedQuestion[];
  answer_language: Language;
}

export interface ChoicesData {
  choices: { entry_id: string; label: string }[];
  none_label: string;
}

export interface FormData {
  form: string;
  fields: { name: string; label: string; state: "done" | "current" | "todo" }[];
  buttons: TextButton[];
}

export interface NoticeData {
  event: NoticeEvent;
  agent_name?: string;
  by?: "customer";
  /** Of a message that was left: its number, and what it says. */
  reference?: string;
  message?: string;
}

interface MessageBase {
  seq: number;
  client_id: string | null;
  sender: Sender;
  sender_name: string | null;
  text: string;
  language: Language;
  created_at: string;
}

export type MessageOf<Kind extends string, Data> = MessageBase & { kind: Kind; data: Data };
export type TextMessage = MessageOf<"text", TextData>;
export type AnswerMessage = MessageOf<"answer", AnswerData>;
export type ChoicesMessage = MessageOf<"choices", ChoicesData>;
export type FormMessage = MessageOf<"form", FormData>;
export type NoticeMessage = MessageOf<"notice", NoticeData>;
export type Message = TextMessage | AnswerMessage | ChoicesMessage | FormMessage | NoticeMessage;

export interface Conversation {
  id: string;
  language: Language;
  owner: Owner;
  agent_name: string | null;
  queue_position: number | null;
  wait?: Wait | null;
  last_seq: number;
  created_at: string;
}

/** When people are there; `opens` says when next, where they are away and anybody knows. */
export interface People {
  open: boolean;
  opens_at: string | null;
  opens: Record<Language, string> | null;
  hours: Record<Language, string>;
}

export interface Wait {
  position: number;
  estimate: { kind: "within" | "more_than" | "unknown"; minutes: number | null };
  people: People;
}

/** What a customer gets for a message that they left. */
export interface LeftMessage {
  reference: string;
  created_at: string;
  promised_at: string | null;
  promise: Record<Language, string> | null;
}

export type CustomerClass = "standard" | "elder";

/** What the page says of the customer; `claim` is signed by the bank. */
export interface CustomerFacts {
  customer_class: CustomerClass;
  claim?: string;
}

export type PresenceName = "online" | "away" | "break" | "offline";

export interface OwnPresence {
  presence: PresenceName;
  load: number;
  capacity: number;
}

/** A message that a customer left, as the desk sees it. */
export interface MessageCase {
  reference: string;
  conversation_id: string;
  team: string;
  language: Language;
  priority: number;
  text: string;
  contact: string;
  state: "open" | "taken" | "done";
  created_at: string;
  promised_at: string | null;
  agent_id: number | null;
  agent_name: string | null;
}

export interface ChatConfig {
  bank: Record<Language, string>;
  featured: Record<Language, EntryQuestion[]>;
  hours: Record<Language, string>;
  people?: People;
}

export interface OutgoingMessage {
  client_id: string;
  text: string;
  choice?: string;
}

export type ChatFrame =
  | { type: "welcome"; conversation: Conversation }
  | { type: "message"; message: Message }
  | { type: "conversation"; conversation: Conversation }
  | { type: "typing"; sender: "bot" | "agent"; active: boolean }
  | { type: "ack"; client_id: string; seq: number }
  | { type: "error"; code: string; message: string; client_id?: string }
  | { type: "pong" };

export interface Staff {
  id: number;
  login: string;
  name: string;
  roles: string[];
  languages: Language[];
}

export interface StaffSession {
  staff: Staff;
  csrf: string;
}

export interface Colleague {
  id: number;
  name: string;
}

export interface Case {
  id: string;
  /** Rises with each change of owner; who changes it names the one that they saw. */
  version: number;
  language: Language;
  owner: Owner;
  customer_class: "standard" | "elder" | "vip";
  /** Null once the bot has the conversation again. */
  reason: string | null;
  emotion: Emotion;
  /** Of the latest messages, oldest first; `negativity` is how bad the customer felt, 0 to 1. */
  trend: { direction: "rising" | "steady" | "falling"; points: { seq: number; emotion: Emotion; negativity: number }[] };
  waiting_since: string | null;
  taken_at: string | null;
  agent: { login: string; name: string } | null;
  last_message: { sender: Sender; text: string; created_at: string } | null;
  last_seq: number;
  summary: string;
  slots: Record<string, unknown>;
  /** Colleagues who are asked for advice. */
  consulted: Colleague[];
}

export interface Candidate extends EntryQuestion {
  answer: string;
  confidence: number;
  /** The release that says it; not known of what was found before releases were noted. */
  release_id?: number;
}

export interface Turn {
  outcome: string;
  language: string;
  emotion: Emotion;
  emotion_confidence: number;
  intent: string | null;
  candidates: Candidate[];
  /** Of an agent's message: the suggested answer that it began as. */
  suggestion?: { entry_id: string; edited: boolean; release_id?: number; revision?: number };
}

export type StaffMessage = Message & { turn: Turn | null; helpful: boolean | null };

export interface Queue {
  waiting: Case[];
  mine: Case[];
  consulted: Case[];
}

export type NoteKind = "note" | "transfer" | "consult" | "consult_end" | "taken_over";

export interface Note {
  number: number;
  kind: NoteKind;
  author: Colleague;
  client_id: string | null;
  text: string;
  data: { to?: string; from?: string; names?: Record<Language, string> };
  after_seq: number;
  created_at: string;
}

export interface Attempt {
  kind: "answer" | "choices" | "decline" | "agent";
  entry_id: string | null;
  title: string;
  helpful: boolean | null;
  chosen: string | null;
}

export interface Summary {
  wants: string[];
  tried: Attempt[];
  turns: number;
}

export interface History {
  case: Case;
  messages: StaffMessage[];
  notes: Note[];
  summary: Summary;
}

export interface OtherConversation {
  id: string;
  language: Language;
  channel: string;
  owner: Owner;
  created_at: string;
  outcome: Outcome | null;
  wants: string;
  /** A person was called for a complaint, and nobody has said that it was solved. */
  open_complaint: boolean;
}

export type Outcome = "solved" | "not_solved" | "spam";

export interface DeskTeam {
  id: string;
  name: Record<Language, string>;
  open: boolean;
  waiting: number;
}

export interface DeskColleague extends Colleague {
  teams: string[];
  presence: "online" | "away" | "break" | "offline";
  load: number;
  capacity: number;
}

export interface CannedReply {
  id: string;
  title: Record<Language, string>;
  text: Record<Language, string>;
  version: number;
  updated_by: string | null;
}

export interface Satisfaction {
  answers: number;
  asked: number;
  mean: number | null;
  low: number | null;
  high: number | null;
}

export interface Rating {
  conversation_id: string;
  subject: "bot" | "agent";
  score: number;
  comment: string | null;
  agent_name: string | null;
  language: Language;
  at: string;
}

export interface RatingReport {
  since: string;
  bot: Satisfaction;
  agent: Satisfaction;
  ratings: Rating[];
}

/** Whom the customer may rate now, and what they have said. */
export interface AskedRating {
  subject: "bot" | "agent";
  name: string | null;
  score: number | null;
  comment: string | null;
}

export type DeskFrame =
  | { type: "welcome" }
  | ({ type: "queue" } & Queue)
  | ({ type: "presence" } & OwnPresence)
  | { type: "left_messages"; left_messages: MessageCase[] }
  | { type: "message"; conversation_id: string; message: StaffMessage }
  | { type: "note"; conversation_id: string; note: Note }
  | { type: "typing"; conversation_id: string; active: boolean }
  | { type: "error"; code: string; message: string }
  | { type: "pong" };
