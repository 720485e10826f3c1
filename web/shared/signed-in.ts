import { Refused } from "./http.ts";
import { Observable } from "./observable.ts";
import type { Staff, StaffSession } from "./protocol.ts";
import type { StaffApi } from "./staff-api.ts";

export type Problem = { key: string; reason?: string };

/** Runs a call of the page; null when it failed, which the person has then been told. */
export type Attempt = <T>(action: () => Promise<T>) => Promise<T | null>;

/** Who is signed in on a staff page, and what went wrong last. */
export abstract class SignedIn<Api extends StaffApi> extends Observable {
  staff: Staff | "loading" | "unreachable" | null = "loading";
  problem: Problem | null = null;

  constructor(protected readonly api: Api) {
    super();
  }

  /** Goes on where the cookie allows it. */
  async resume(): Promise<void> {
    this.staff = "loading";
    this.changed();
    try {
      this.begin(await this.api.me());
    } catch (error) {
      this.staff = error instanceof Refused ? null : "unreachable";
      this.changed();
    }
  }

  async signIn(login: string, password: string): Promise<void> {
    this.begin(await this.api.signIn(login, password));
  }

  async signOut(): Promise<void> {
    await this.attempt(() => this.api.signOut());
    if (!this.problem) this.end();
  }

  dismiss(): void {
    this.problem = null;
    this.changed();
  }

  /** Called when somebody has signed in. */
  protected abstract begun(): void;

  /** Called when nobody is signed in any more. */
  protected abstract ended(): void;

  /** The codes of refusals that have a text of their own, `problem.{code}`. */
  protected get namedProblems(): readonly string[] {
    return [];
  }

  protected async attempt<T>(action: () => Promise<T>): Promise<T | null> {
    this.problem = null;
    try {
      return await action();
    } catch (error) {
      if (!this.isSignedOut(error)) this.report(error);
      return null;
    }
  }

  protected report(error: unknown): void {
    if (!(error instanceof Refused)) this.problem = { key: "problem.unreachable" };
    else if (this.namedProblems.includes(error.code)) this.problem = { key: `problem.${error.code}` };
    else this.problem = { key: "problem.other", reason: error.reason };
    this.changed();
  }

  protected isSignedOut(error: unknown): boolean {
    const signedOut = error instanceof Refused && error.status === 401;
    if (signedOut) this.end();
    return signedOut;
  }

  private begin(session: StaffSession): void {
    this.staff = session.staff;
    this.problem = null;
    this.begun();
    this.changed();
  }

  private end(): void {
    this.staff = null;
    this.ended();
    this.changed();
  }
}
