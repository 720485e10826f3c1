import type { NoticeMessage, TextMessage } from "./protocol.ts";

const base = { client_id: null, sender_name: null, language: "zh", created_at: "2026-11-21T08:00:00Z" } as const;

/** Messages for tests: valid ones, told apart by their `seq`. */
export function textOf(seq: number, change: Partial<TextMessage> = {}): TextMessage {
  return { ...base, seq, sender: "customer", kind: "text", text: `text ${seq}`, data: {}, ...change };
}

export function noticeOf(seq: number, change: Partial<NoticeMessage> = {}): NoticeMessage {
  return { ...base, seq, sender: "system", kind: "notice", text: "", data: { event: "waiting" }, ...change };
}
