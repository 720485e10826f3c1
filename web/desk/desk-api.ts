import type {
  CannedReply, Case, DeskColleague, DeskTeam, History, MessageCase, Note, OtherConversation, Outcome, OwnPresence, PresenceName, Queue,
  RatingReport, StaffMessage, Summary,
} from "../shared/protocol.ts";
import { socketAddress } from "../shared/socket.ts";
import { StaffApi } from "../shared/staff-api.ts";
import type { KeptReply, Trace } from "./message-actions.ts";
import type { Written } from "./thread.ts";

export interface Closing {
  outcome: Outcome;
  entry_id?: string;
}

export type Target = { colleague_id: number } | { team_id: string };

/** The desk's calls of docs/protocol.md. */
export class DeskApi extends StaffApi {
  get socketUrl(): string {
    return socketAddress(`${location.origin}/api/desk/socket`);
  }

  queue(): Promise<Queue> {
    return this.call("/api/desk/conversations");
  }

  async live(): Promise<Case[]> {
    return (await this.call<{ conversations: Case[] }>("/api/desk/live")).conversations;
  }

  ratings(): Promise<RatingReport> {
    return this.call("/api/desk/ratings");
  }

  teams(): Promise<DeskTeam[]> {
    return this.call("/api/desk/teams");
  }

  colleagues(): Promise<DeskColleague[]> {
    return this.call("/api/desk/colleagues");
  }

  conversation(id: string): Promise<History> {
    return this.call(this.path(id));
  }

  async summary(id: string): Promise<Summary> {
    return (await this.call<{ summary: Summary }>(this.path(id, "/summary"))).summary;
  }

  async others(id: string): Promise<OtherConversation[]> {
    return (await this.call<{ conversations: OtherConversation[] }>(this.path(id, "/others"))).conversations;
  }

  async other(id: string, otherId: string): Promise<StaffMessage[]> {
    return (await this.call<{ messages: StaffMessage[] }>(this.path(id, `/others/${encodeURIComponent(otherId)}`))).messages;
  }

  async reply(id: string, { client_id, text, suggestion }: Written): Promise<StaffMessage> {
    const body = { client_id, text, ...(suggestion ? { suggestion } : {}) };
    return (await this.post<{ message: StaffMessage }>(this.path(id, "/messages"), body)).message;
  }

  async note(id: string, { client_id, text }: Written): Promise<Note> {
    return (await this.post<{ note: Note }>(this.path(id, "/notes"), { client_id, text })).note;
  }

  take(id: string): Promise<Case> {
    return this.changeCase(id, "/take");
  }

  takeOver({ id, version }: Case): Promise<Case> {
    return this.changeCase(id, "/take-over", { version });
  }

  handBack({ id, version }: Case): Promise<Case> {
    return this.changeCase(id, "/return", { version });
  }

  close({ id, version }: Case, closing: Closing): Promise<Case> {
    return this.changeCase(id, "/close", { version, ...closing });
  }

  transfer({ id, version }: Case, target: Target, memo: string): Promise<Case> {
    return this.changeCase(id, "/transfer", { version, memo, ...target });
  }

  consult(id: string, colleagueId: number, question: string): Promise<Case> {
    return this.changeCase(id, "/consult", { colleague_id: colleagueId, question });
  }

  endConsult(id: string, colleagueId: number): Promise<Case> {
    return this.changeCase(id, "/consult/end", { colleague_id: colleagueId });
  }

  async canned(): Promise<CannedReply[]> {
    return (await this.call<{ replies: CannedReply[] }>("/api/desk/canned")).replies;
  }

  saveCanned({ id, title, text, version }: CannedReply): Promise<CannedReply> {
    return this.change("PUT", `/api/desk/canned/${encodeURIComponent(id)}`, { title, text, version });
  }

  withdrawCanned(id: string): Promise<void> {
    return this.change("DELETE", `/api/desk/canned/${encodeURIComponent(id)}`);
  }

  private async changeCase(id: string, rest: string, body?: unknown): Promise<Case> {
    return (await this.post<{ case: Case }>(this.path(id, rest), body)).case;
  }

  /** Makes a draft entry of an agent's reply. */
  keepReply(id: string, seq: number): Promise<KeptReply> {
    return this.post(this.path(id, `/messages/${seq}/draft`));
  }

  trace(id: string, seq: number): Promise<Trace> {
    return this.call(this.path(id, `/messages/${seq}/trace`));
  }

  choosePresence(presence: PresenceName): Promise<OwnPresence> {
    return this.change("PUT", "/api/desk/presence", { presence });
  }

  takeMessage(reference: string): Promise<MessageCase> {
    return this.post(`/api/desk/left-messages/${encodeURIComponent(reference)}/take`);
  }

  finishMessage(reference: string): Promise<MessageCase> {
    return this.post(`/api/desk/left-messages/${encodeURIComponent(reference)}/done`);
  }

  private path(id: string, rest = ""): string {
    return `/api/desk/conversations/${encodeURIComponent(id)}${rest}`;
  }
}
