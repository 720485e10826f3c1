import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { Case, Queue } from "../shared/protocol.ts";
import { StandInSocket } from "../widget/stand-ins.ts";
import type { DeskApi } from "./desk-api.ts";
import { DeskSession } from "./desk-session.ts";

const staff = { id: 1, login: "lin", name: "林晓", roles: ["agent"], languages: ["zh" as const] };
const facts = (id: string): Case => ({ id, reason: "asked_for_human", consulted: [] }) as unknown as Case;
const lists = (waiting: string[], mine: string[]): Queue => ({ waiting: waiting.map(facts), mine: mine.map(facts), consulted: [] });
const settled = (): Promise<void> => new Promise((resolve) => setTimeout(resolve));

/** The answer to the first question for the lists comes when the test wants it. */
let answer: (queue: Queue) => void;
let session: DeskSession;

function standIn() {
  const first = new Promise<Queue>((resolve) => (answer = resolve));
  return {
    csrf: "c", ahead: 0, socketUrl: "ws://desk",
    me: vi.fn(async () => ({ staff, csrf: "c" })),
    queue: vi.fn(() => first),
    canned: vi.fn(async () => []),
    others: vi.fn(async () => []),
    conversation: vi.fn(async (id: string) => ({ case: facts(id), messages: [], notes: [], summary: null })),
  };
}

beforeEach(async () => {
  localStorage.clear();
  StandInSocket.all = [];
  vi.stubGlobal("WebSocket", StandInSocket);
  session = new DeskSession(standIn() as unknown as DeskApi);
  await session.resume();
  StandInSocket.latest.opens();
  StandInSocket.latest.receives({ type: "welcome" });
});

afterEach(() => vi.unstubAllGlobals());

const shown = (): [string[], string[]] => [session.waiting.map(({ id }) => id), session.mine.map(({ id }) => id)];

describe("the lists", () => {
  test("are those of the first answer where the line has brought none", async () => {
    answer(lists(["a"], []));
    await settled();
    expect(shown()).toEqual([["a"], []]);
  });

  test("are those of the line where an older answer comes after them", async () => {
    // the answer was made before the queue gave the chat to this agent, and came late
    StandInSocket.latest.receives({ type: "queue", ...lists([], ["a"]) });
    answer(lists(["a"], []));
    await settled();
    expect(shown()).toEqual([[], ["a"]]);
  });
});
