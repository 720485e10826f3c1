import type { Case, MessageCase, OwnPresence, PresenceName, Queue, StaffMessage } from "../shared/protocol.ts";
import { socketAddress } from "../shared/socket.ts";
import { StaffApi } from "../shared/staff-api.ts";
import type { KeptReply, Trace } from "./message-actions.ts";

/** The desk's calls of docs/protocol.md. */
export class DeskApi extends StaffApi {
  get socketUrl(): string {
    return socketAddress(`${location.origin}/api/desk/socket`);
  }

  queue(): Promise<Queue> {
    return this.call("/api/desk/conversations");
  }

  conversation(id: string): Promise<{ case: Case; messages: StaffMessage[] }> {
    return this.call(this.path(id));
  }

  async reply(id: string, message: { client_id: string; text: string }): Promise<StaffMessage> {
    return (await this.post<{ message: StaffMessage }>(this.path(id, "/messages"), message)).message;
  }

  async take(id: string): Promise<Case> {
    return (await this.post<{ case: Case }>(this.path(id, "/take"))).case;
  }

  async handBack(id: string): Promise<Case> {
    return (await this.post<{ case: Case }>(this.path(id, "/return"), {})).case;
  }

  async close(id: string): Promise<Case> {
    return (await this.post<{ case: Case }>(this.path(id, "/close"))).case;
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
