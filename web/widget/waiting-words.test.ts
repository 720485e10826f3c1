import { describe, expect, test } from "vitest";
import { translator } from "../shared/i18n.ts";
import type { Conversation, Wait } from "../shared/protocol.ts";
import { texts } from "./texts.ts";
import { awayText, estimateText, placeText } from "./waiting-words.ts";

const t = translator(texts, "en");
const there: Wait["people"] = { open: true, opens_at: null, opens: null, hours: { zh: "", en: "" } };
const waiting = (queue_position: number | null): Conversation => ({
  id: "c1", language: "en", owner: "waiting", agent_name: null, queue_position, last_seq: 0, created_at: "2026-11-21T08:00:00Z",
});

describe("while waiting", () => {
  test("the place is a number, and the first is told so", () => {
    expect(placeText(waiting(3), t)).toBe("Number 3 in the queue");
    expect(placeText(waiting(1), t)).toBe("Number 1 in the queue · You are next");
  });

  test.each([
    [{ kind: "within", minutes: 1 }, "Most likely within a minute"],
    [{ kind: "within", minutes: 5 }, "Most likely within 5 minutes"],
    [{ kind: "more_than", minutes: 30 }, "It may take more than 30 minutes"],
    [{ kind: "unknown", minutes: null }, "We cannot say how long it will take"],
  ] as const)("the wait is told as far as it is known: %o", (estimate, said) => {
    expect(estimateText({ position: 1, estimate, people: there }, t)).toBe(said);
  });

  test("people who are away are said to come back, in the page's language", () => {
    const away = { ...there, open: false, opens: { zh: "明天 9:00", en: "tomorrow at 9:00" } };
    expect(awayText(away, "zh", translator(texts, "zh"))).toContain("明天 9:00");
    expect(awayText({ ...away, opens: null }, "en", t)).toBe(t("waiting.away_long"));
  });
});
