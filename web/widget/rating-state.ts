import type { AskedRating, Conversation } from "../shared/protocol.ts";
import type { ConversationApi } from "./chat-api.ts";

/** Whom the customer may rate, the bot and the person apart, and what they have tapped. */
export class RatingState {
  asked: readonly AskedRating[] = [];
  /** The customer has put the question away; it comes back when there is somebody new to rate. */
  putAway = false;
  failed = false;
  private owner: Conversation["owner"] | null = null;

  constructor(
    private readonly api: () => ConversationApi | null,
    private readonly changed: () => void,
  ) {}

  /** Asks again whenever the conversation has passed from one to another; only then can somebody's part be over. */
  follow({ owner }: Conversation): void {
    if (owner === this.owner) return;
    this.owner = owner;
    if (owner === "closed" || owner === "bot") void this.load();
    else this.forget(owner);
  }

  forget(owner: Conversation["owner"] | null = null): void {
    this.owner = owner;
    this.asked = [];
    this.putAway = false;
    this.failed = false;
  }

  /** One tap; it shows at once, and goes back when it could not be stored. */
  async rate(subject: AskedRating["subject"], score: number, comment?: string): Promise<void> {
    const before = this.asked;
    this.failed = false;
    this.asked = before.map((each) => (each.subject === subject ? { ...each, score, comment: comment ?? each.comment } : each));
    this.changed();
    try {
      await this.api()?.rateService(subject, score, comment);
    } catch {
      this.asked = before;
      this.failed = true;
      this.changed();
    }
  }

  dismiss(): void {
    this.putAway = true;
    this.changed();
  }

  private async load(): Promise<void> {
    const { owner } = this;
    const asked = await this.api()?.ratingsAsked().catch(() => null);
    if (!asked || owner !== this.owner) return;
    this.asked = asked;
    // What was rated before a reload is not asked again, unless all has ended.
    this.putAway = owner !== "closed" && asked.every(({ score }) => score !== null);
    this.changed();
  }
}
