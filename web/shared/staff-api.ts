import { call, type Call } from "./http.ts";
import type { Language, StaffSession } from "./protocol.ts";

/** The calls of every staff page; the session is a cookie, changes carry its CSRF token. */
export class StaffApi {
  csrf = "";
  /** Of the page: the server says in it what is wrong. */
  language: Language = "zh";
  /** Milliseconds by which the server's clock is ahead of this one's. */
  ahead = 0;

  me(): Promise<StaffSession> {
    return this.open(this.call("/api/staff/me"));
  }

  signIn(login: string, password: string): Promise<StaffSession> {
    return this.open(this.post("/api/staff/login", { login, password }));
  }

  signOut(): Promise<void> {
    return this.post("/api/staff/logout");
  }

  protected post<T>(url: string, body?: unknown): Promise<T> {
    return this.change("POST", url, body);
  }

  protected change<T>(method: "POST" | "PUT" | "DELETE", url: string, body?: unknown, headers: Record<string, string> = {}): Promise<T> {
    return this.call(url, { method, body, headers: { ...headers, "X-CSRF-Token": this.csrf } });
  }

  protected call<T>(url: string, options: Call = {}): Promise<T> {
    return call(url, { ...options, language: this.language, onDate: (date) => (this.ahead = date.getTime() - Date.now()) });
  }

  private async open(session: Promise<StaffSession>): Promise<StaffSession> {
    this.csrf = (await session).csrf;
    return session;
  }
}
