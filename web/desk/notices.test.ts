import { expect, test } from "vitest";

import type { NoticeEvent } from "../shared/protocol";
import en from "./en.json";
import zh from "./zh.json";

// The type has the compiler refuse a list that lacks one.
const events: Record<NoticeEvent, true> = {
  waiting: true, joined: true, transferred: true, to_team: true, returned: true, closed: true, cancelled: true,
  bot_unavailable: true, agent_lost: true, message_left: true, urgent: true, noted: true,
};

test.each(Object.keys(events))("the desk tells of '%s' in its own words, in both languages", (event) => {
  for (const words of [en, zh]) expect(words).toHaveProperty([`notice.${event}`]);
});
