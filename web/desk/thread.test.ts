import { expect, test } from "vitest";
import type { Case, Note, StaffMessage, Turn } from "../shared/protocol.ts";
import { textOf } from "../shared/sample-messages.ts";
import { Thread } from "./thread.ts";

const facts: Case = {
  id: "c1", version: 1, consulted: [], language: "zh", owner: "agent", customer_class: "standard", reason: "complaint", emotion: "neutral", trend: { direction: "steady", points: [] }, waiting_since: null, taken_at: null,
  agent: null, last_message: null, last_seq: 0, summary: "", slots: {},
};
const message = (seq: number, change: Partial<StaffMessage> = {}): StaffMessage => ({ ...textOf(seq), turn: null, helpful: null, ...change }) as StaffMessage;
const turn = (...confidences: number[]): Turn => ({
  outcome: "handoff", language: "zh", emotion: "neutral", emotion_confidence: 1, intent: null,
  candidates: confidences.map((confidence, at) => ({ entry_id: `e${at}`, question: "Q", answer: "A", confidence })),
});

test("unread are the customer's messages that nobody has answered or seen", () => {
  const thread = new Thread(facts);
  for (const one of [message(1), message(2, { sender: "agent" }), message(3), message(4)]) thread.put(one);
  expect(thread.unreadAfter(0)).toBe(2);
  expect(thread.unreadAfter(3)).toBe(1);
});

test("suggestions are the latest customer message's, the surest three first", () => {
  const thread = new Thread(facts);
  thread.put(message(1, { turn: turn(0.9) }));
  thread.put(message(2, { turn: turn(0.1, 0.8, 0.3, 0.5) }));
  thread.put(message(3, { sender: "agent" }));
  expect(thread.suggestions.map(({ confidence }) => confidence)).toEqual([0.8, 0.5, 0.3]);
});

test("a reply that has come back is no longer on its way", () => {
  const thread = new Thread(facts);
  thread.replies = [{ client_id: "a", text: "one", refused: false }, { client_id: "b", text: "two", refused: false }];
  thread.put(message(1, { sender: "agent", client_id: "a" }));
  expect(thread.nextReply?.client_id).toBe("b");
  thread.refuse("b");
  expect(thread.nextReply).toBeUndefined();
});

test("notes stand where they were written, each once", () => {
  const thread = new Thread(facts);
  const note = (number: number, after_seq: number, client_id: string | null = null): Note => ({
    number, kind: "note", author: { id: 1, name: "Lin" }, client_id, text: "", data: {}, after_seq, created_at: "2026-01-01T00:00:00Z",
  });
  thread.pendingNotes = [{ client_id: "n", text: "x", refused: false }];
  for (const one of [message(1), message(2), message(3)]) thread.put(one);
  for (const one of [note(2, 3), note(1, 1, "n"), note(2, 3)]) thread.putNote(one);
  const drawn = thread.entries.map((entry) => (entry.kind === "note" ? `note ${entry.note.number}` : entry.message.seq));
  expect(drawn).toEqual([1, "note 1", 2, 3, "note 2"]);
  expect(thread.pendingNotes).toEqual([]);
  expect(thread.lastNote).toBe(2);
});

test("what may have solved it is what was given or suggested, the latest first", () => {
  const thread = new Thread(facts);
  thread.put(message(1, { turn: turn(0.9, 0.5) }));
  thread.put(message(2, { sender: "bot", kind: "answer", data: { entry_id: "given", question: "G" } } as Partial<StaffMessage>));
  expect(thread.answersSoFar.map(({ entry_id }) => entry_id)).toEqual(["given", "e0", "e1"]);
});
