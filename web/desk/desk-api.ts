import { call, type Call } from "../shared/http.ts";
import { socketAddress } from "../shared/socket.ts";
import type { Case, Queue, StaffMessage, StaffSession } from "../shared/protocol.ts";

/** The staff's and the desk's calls of docs/protocol.md; the session is a cookie, changes carry its CSRF token. */
export class DeskApi {
  csrf = "";
  /** Milliseconds by which the server's clock is ahead of this one's. */
  ahead = 0;

  get socketUrl(): string {
    return socketAddress(`${location.origin}/api/desk/socket`);
  }

  me(): Promise<StaffSession> {
    return this.open(this.call("/api/staff/me"));
  }

  signIn(login: string, password: string): Promise<StaffSession> {
    return this.open(this.post("/api/staff/login", { login, password }));
  }

  signOut(): Promise<void> {
    return this.post("/api/staff/logout");
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

  private path(id: string, rest = ""): string {
    return `/api/desk/conversations/${encodeURIComponent(id)}${rest}`;
  }

  private async open(session: Promise<StaffSession>): Promise<StaffSession> {
    this.csrf = (await session).csrf;
    return session;
  }

  private post<T>(url: string, body?: unknown): Promise<T> {
    return this.call(url, { method: "POST", body, headers: { "X-CSRF-Token": this.csrf } });
  }

  private call<T>(url: string, options: Call = {}): Promise<T> {
    return call(url, { ...options, onDate: (date) => (this.ahead = date.getTime() - Date.now()) });
  }
}
