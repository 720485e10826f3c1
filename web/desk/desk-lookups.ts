import type {
  CannedReply, Case, DeskColleague, DeskTeam, MessageCase, OwnPresence, PresenceName, RatingReport,
} from "../shared/protocol.ts";
import { SignedIn } from "../shared/signed-in.ts";
import type { DeskApi } from "./desk-api.ts";

/** Who the agent is at the desk, and what they look up there that is no conversation of theirs. */
export abstract class DeskLookups extends SignedIn<DeskApi> {
  /** All that is going on, for a supervisor who looks; null while nobody does. */
  live: readonly Case[] | "loading" | null = null;
  canned: readonly CannedReply[] = [];
  /** Null until the server has said it, and for somebody who is no agent. */
  presence: OwnPresence | null = null;
  leftMessages: readonly MessageCase[] = [];

  get isSupervisor(): boolean {
    const roles = this.staff && typeof this.staff === "object" ? this.staff.roles : [];
    return roles.includes("supervisor") || roles.includes("admin");
  }

  get me(): number {
    return this.staff && typeof this.staff === "object" ? this.staff.id : 0;
  }

  async choosePresence(wanted: PresenceName): Promise<void> {
    this.presence = (await this.attempt(() => this.api.choosePresence(wanted))) ?? this.presence;
    this.changed();
  }

  async loadLive(): Promise<void> {
    if (this.live === null) this.live = "loading";
    this.changed();
    const found = await this.attempt(() => this.api.live());
    if (this.live !== null) this.live = found ?? (this.live === "loading" ? [] : this.live);
    this.changed();
  }

  leaveLive(): void {
    this.live = null;
    this.changed();
  }

  async loadCanned(): Promise<void> {
    this.canned = await this.api.canned().catch(() => this.canned);
    this.changed();
  }

  async saveCanned(reply: CannedReply): Promise<boolean> {
    const saved = await this.attempt(() => this.api.saveCanned(reply));
    await this.loadCanned();
    return saved !== null;
  }

  async withdrawCanned(id: string): Promise<void> {
    await this.attempt(() => this.api.withdrawCanned(id));
    await this.loadCanned();
  }

  ratings(): Promise<RatingReport | null> {
    return this.attempt(() => this.api.ratings());
  }

  /** Whom a conversation can be given to; an empty list where the service has none. */
  async destinations(): Promise<[DeskTeam[], DeskColleague[]]> {
    const [teams, colleagues] = await Promise.all([this.api.teams().catch(() => []), this.api.colleagues().catch(() => [])]);
    return [teams, colleagues.filter(({ id }) => id !== this.me)];
  }
}
