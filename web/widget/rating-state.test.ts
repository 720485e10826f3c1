import { beforeEach, expect, test, vi } from "vitest";
import type { AskedRating, Conversation, Owner } from "../shared/protocol.ts";
import type { ConversationApi } from "./chat-api.ts";
import { RatingState } from "./rating-state.ts";

const conversation = (owner: Owner): Conversation => ({ owner }) as Conversation;
const asked = (subject: "bot" | "agent", score: number | null = null): AskedRating => ({ subject, name: null, score, comment: null });
const api = { ratingsAsked: vi.fn(), rateService: vi.fn() };
let state: RatingState;

beforeEach(() => {
  api.ratingsAsked.mockReset().mockResolvedValue([asked("bot"), asked("agent")]);
  api.rateService.mockReset().mockResolvedValue(undefined);
  state = new RatingState(() => api as unknown as ConversationApi, () => {});
});

test("it is asked when a part is over, once each time", async () => {
  state.follow(conversation("agent"));
  expect(api.ratingsAsked).not.toHaveBeenCalled();
  state.follow(conversation("closed"));
  state.follow(conversation("closed"));
  await vi.waitFor(() => expect(state.asked).toHaveLength(2));
  expect(api.ratingsAsked).toHaveBeenCalledTimes(1);
});

test("what was rated already is not asked again while the bot goes on", async () => {
  api.ratingsAsked.mockResolvedValue([asked("agent", 4)]);
  state.follow(conversation("bot"));
  await vi.waitFor(() => expect(state.asked).toHaveLength(1));
  expect(state.putAway).toBe(true);
  state.follow(conversation("closed"));
  await vi.waitFor(() => expect(state.putAway).toBe(false));
});

test("a tap shows at once and goes back when it cannot be stored", async () => {
  state.follow(conversation("closed"));
  await vi.waitFor(() => expect(state.asked).toHaveLength(2));
  const stored = state.rate("bot", 5);
  expect(state.asked[0]!.score).toBe(5);
  await stored;
  expect(api.rateService).toHaveBeenCalledWith("bot", 5, undefined);
  api.rateService.mockRejectedValue(new Error("down"));
  await state.rate("bot", 1);
  expect(state.asked[0]!.score).toBe(5);
  expect(state.failed).toBe(true);
});

test("an answer that comes too late, when a person has the conversation again, is dropped", async () => {
  let answer: (subjects: AskedRating[]) => void = () => {};
  api.ratingsAsked.mockReturnValue(new Promise((resolve) => (answer = resolve)));
  state.follow(conversation("bot"));
  state.follow(conversation("waiting"));
  answer([asked("agent")]);
  await Promise.resolve();
  expect(state.asked).toEqual([]);
});
