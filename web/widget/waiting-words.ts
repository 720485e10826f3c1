import type { Translate } from "../shared/i18n.ts";
import type { Conversation, Language, Wait } from "../shared/protocol.ts";

/** The place in the queue, as a line. */
export function placeText({ queue_position }: Conversation, t: Translate): string {
  if (queue_position === null) return t("waiting.soon");
  const position = t("waiting.position", { position: queue_position });
  return queue_position === 1 ? `${position} · ${t("waiting.next")}` : position;
}

/** How long it may take, as far as anybody knows. */
export function estimateText({ estimate }: Wait, t: Translate): string {
  const { kind, minutes } = estimate;
  if (kind === "unknown" || minutes === null) return t("waiting.unknown");
  if (kind === "more_than") return t("waiting.more_than", { minutes });
  return minutes === 1 ? t("waiting.within_one") : t("waiting.within", { minutes });
}

/** When people are there again, where they are away; an empty text where nobody knows. */
export function awayText(people: Wait["people"], language: Language, t: Translate): string {
  return people.opens ? t("waiting.opens", { time: people.opens[language] }) : t("waiting.away_long");
}
