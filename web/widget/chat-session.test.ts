import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { Conversation } from "../shared/protocol.ts";
import { textOf } from "../shared/sample-messages.ts";
import { lasting } from "../shared/storage.ts";
import { ChatApi } from "./chat-api.ts";
import { ChatSession } from "./chat-session.ts";
import { StandInSocket, standInFetch, type Asked } from "./stand-ins.ts";

const conversation: Conversation = {
  id: "c1", language: "zh", owner: "bot", agent_name: null, queue_position: null, last_seq: 0, created_at: "2026-11-21T08:00:00Z",
};
const welcome = (last_seq = 0): unknown => ({ type: "welcome", conversation: { ...conversation, last_seq } });
const missing = { status: 404, body: { error: { code: "conversation_not_found", message: "Start a new one." } } };

type Answer = ReturnType<Parameters<typeof standInFetch>[0]>;
let answers: Record<string, (asked: Asked) => Answer>;
let asked: Asked[];
let sessions: ChatSession[];

beforeEach(() => {
  localStorage.clear();
  vi.useFakeTimers();
  StandInSocket.all = [];
  sessions = [];
  answers = {
    "POST /api/chat/conversations": () => ({ status: 201, body: { conversation, token: "secret" } }),
    "GET /api/chat/conversations/c1": () => ({ status: 200, body: { conversation } }),
  };
  const standIn = standInFetch((one) => answers[`${one.method} ${one.path.split("?")[0]}`]?.(one) ?? missing);
  asked = standIn.asked;
  vi.stubGlobal("fetch", standIn.fetch);
  vi.stubGlobal("WebSocket", StandInSocket);
});

afterEach(() => {
  for (const session of sessions) session.dispose();
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

function open(): ChatSession {
  const session = new ChatSession(new ChatApi("https://bank.example"), lasting("t."), () => "zh");
  sessions.push(session);
  return session;
}

const settle = (milliseconds = 0): Promise<unknown> => vi.advanceTimersByTimeAsync(milliseconds);

async function online(session: ChatSession, text = "hello"): Promise<StandInSocket> {
  session.say(text);
  await settle();
  StandInSocket.latest.opens();
  StandInSocket.latest.receives(welcome());
  return StandInSocket.latest;
}

describe("sending", () => {
  test("the first message starts a conversation and goes out after the welcome", async () => {
    const session = open();
    const socket = await online(session);
    expect(socket.url).toBe("wss://bank.example/api/chat/conversations/c1/socket");
    expect(socket.sent[0]).toEqual({ type: "hello", token: "secret", after: 0 });
    expect(socket.sentMessages()).toEqual(["hello"]);
    expect(session.unsent).toHaveLength(1);
    expect(session.isOnItsWay(session.unsent[0]!.client_id)).toBe(true);
  });

  test("it is sent when it comes back as a message, and never again", async () => {
    const session = open();
    const socket = await online(session);
    const clientId = session.unsent[0]!.client_id;
    socket.receives({ type: "ack", client_id: clientId, seq: 1 }, { type: "message", message: textOf(1, { client_id: clientId }) });
    await settle(60_000);
    expect(session.unsent).toEqual([]);
    expect(socket.sentMessages()).toEqual(["hello"]);
  });

  test("without an answer it is repeated with the same id", async () => {
    const socket = await online(open());
    await settle(16_000);
    const [first, second] = socket.sent.filter(({ type }) => type === "message");
    expect(second).toEqual(first);
  });

  test("a refused message stays, with its reason, and is not repeated", async () => {
    const session = open();
    const socket = await online(session);
    socket.receives({ type: "error", code: "invalid_request", message: "Too long.", client_id: session.unsent[0]!.client_id });
    await settle(30_000);
    expect(session.unsent[0]!.refusal).toBe("Too long.");
    expect(socket.sentMessages()).toHaveLength(1);
  });
});

describe("after a broken line", () => {
  test("what had arrived is not sent again; what had not goes out once", async () => {
    const session = open();
    const socket = await online(session, "arrived");
    const arrived = session.unsent[0]!.client_id;
    socket.ends();
    await settle();
    expect(session.line).toBe("offline");
    session.say("not arrived");
    await settle(1000);
    const next = StandInSocket.latest;
    expect(next).not.toBe(socket);
    next.opens();
    next.receives(welcome(1));
    expect(next.sentMessages()).toEqual([]);
    next.receives({ type: "message", message: textOf(1, { client_id: arrived }) });
    expect(next.sentMessages()).toEqual(["not arrived"]);
  });

  test("it asks for what came after the last message", async () => {
    const socket = await online(open());
    socket.receives({ type: "message", message: textOf(1) }, { type: "message", message: textOf(2, { sender: "bot" }) });
    socket.ends();
    await settle(1000);
    StandInSocket.latest.opens();
    expect(StandInSocket.latest.sent[0]).toMatchObject({ type: "hello", after: 2 });
  });

  test("a line that has gone silent is given up", async () => {
    const session = open();
    const socket = await online(session);
    await settle(30_000);
    expect(socket.sent.some(({ type }) => type === "ping")).toBe(true);
    await settle(15_000);
    expect(StandInSocket.all.length).toBeGreaterThan(1);
  });
});

describe("where no WebSocket opens", () => {
  test("the second failure turns to polling, and messages go by REST", async () => {
    const sent: unknown[] = [];
    answers["GET /api/chat/conversations/c1/messages"] = ({ path }) =>
      path.endsWith("wait=0") ? { status: 200, body: { conversation, messages: [] } } : "never";
    answers["POST /api/chat/conversations/c1/messages"] = ({ body }) => {
      sent.push(body);
      const { client_id, text } = body as { client_id: string; text: string };
      return { status: 201, body: { message: textOf(1, { client_id, text }) } };
    };
    const session = open();
    session.say("by REST");
    await settle();
    StandInSocket.latest.ends();
    await settle(1000);
    StandInSocket.latest.ends();
    await settle(10);
    expect(StandInSocket.all).toHaveLength(2);
    expect(session.line).toBe("online");
    expect(sent).toHaveLength(1);
    expect(session.messages.map(({ text }) => text)).toEqual(["by REST"]);
    expect(session.unsent).toEqual([]);
  });

  test("when polling fails too, the socket has its turn again", async () => {
    answers["GET /api/chat/conversations/c1/messages"] = () => "down";
    const session = open();
    session.say("hello");
    await settle();
    StandInSocket.latest.ends();
    await settle(1000);
    StandInSocket.latest.ends();
    await settle(10);
    expect(session.line).toBe("offline");
    await settle(5000);
    expect(StandInSocket.all).toHaveLength(3);
  });
});

describe("coming back", () => {
  test("the conversation and the unsent message go on after a reload", async () => {
    const before = open();
    const socket = await online(before, "one");
    socket.receives({ type: "message", message: textOf(1, { client_id: before.unsent[0]!.client_id }) });
    socket.ends();
    before.say("two");
    before.dispose();

    const after = open();
    expect(after.restored).toBe(false);
    await after.resume();
    StandInSocket.latest.opens();
    expect(StandInSocket.latest.sent[0]).toEqual({ type: "hello", token: "secret", after: 0 });
    StandInSocket.latest.receives(welcome(1), { type: "message", message: textOf(1) });
    expect(after.restored).toBe(true);
    expect(StandInSocket.latest.sentMessages()).toEqual(["two"]);
  });

  test("a conversation that is gone is forgotten; the next message starts another", async () => {
    (await online(open())).ends();
    localStorage.removeItem("t.outbox");
    answers["GET /api/chat/conversations/c1"] = () => missing;
    const session = open();
    await session.resume();
    expect(session.hasConversation).toBe(false);
    session.say("again");
    await settle(1000);
    expect(asked.filter(({ method, path }) => method === "POST" && path === "/api/chat/conversations")).toHaveLength(2);
  });

  test("a token that is refused by the socket ends the conversation, not the words", async () => {
    const session = open();
    const socket = await online(session, "kept");
    socket.ends(4401);
    expect(session.conversation).toBeNull();
    await settle(2000);
    StandInSocket.latest.opens();
    StandInSocket.latest.receives(welcome());
    expect(StandInSocket.latest.sentMessages()).toEqual(["kept"]);
  });
});

test("asking for a person starts a conversation if need be", async () => {
  answers["POST /api/chat/conversations/c1/handoff"] = () => ({
    status: 200, body: { conversation: { ...conversation, owner: "waiting", queue_position: 2 } },
  });
  const session = open();
  await session.askForPerson();
  expect(session.conversation).toMatchObject({ owner: "waiting", queue_position: 2 });
  expect(session.busy).toBe(false);
});

describe("a message that is left", () => {
  const message = { client_id: "m1", text: "Please call me", contact: "" };
  const left_message = { reference: "7K3Q-9XWD", created_at: "2026-11-21T08:00:00Z", promised_at: null, promise: null };

  test("gets a number, and the conversation is with the bot again", async () => {
    answers["POST /api/chat/conversations/c1/left-messages"] = () => ({ status: 201, body: { conversation, left_message } });
    const session = open();
    expect((await session.leaveMessage(message))?.reference).toBe("7K3Q-9XWD");
    expect(asked.at(-1)!.body).toEqual(message);
    expect(session.conversation?.owner).toBe("bot");
  });

  test("that cannot be stored gets none, and may be sent again", async () => {
    answers["POST /api/chat/conversations/c1/left-messages"] = () => "down";
    expect(await open().leaveMessage(message)).toBeNull();
  });
});

test("what the page says of the customer is told when the conversation starts", async () => {
  const facts = { customer_class: "elder", claim: "signed" } as const;
  const session = new ChatSession(new ChatApi("https://bank.example"), lasting("t."), () => "zh", () => facts);
  sessions.push(session);
  session.say("hello");
  await settle();
  expect(asked.find(({ method }) => method === "POST")!.body).toMatchObject(facts);
});

test("a failed call for a person says so", async () => {
  const session = open();
  await session.askForPerson();
  expect(session.problem).toBe("handoff");
});

test("unread are the others' messages that were not on the screen", async () => {
  const session = open();
  const socket = await online(session);
  socket.receives({ type: "message", message: textOf(1) }, { type: "message", message: textOf(2, { sender: "bot" }) });
  expect(session.unread).toBe(1);
  session.markSeen();
  expect(session.unread).toBe(0);
});

test("typing ends with the message, or by itself", async () => {
  const session = open();
  const socket = await online(session);
  socket.receives({ type: "typing", sender: "bot", active: true });
  expect(session.typing).toBe("bot");
  socket.receives({ type: "message", message: textOf(1, { sender: "bot" }) });
  expect(session.typing).toBeNull();
  socket.receives({ type: "typing", sender: "agent", active: true });
  await settle(10_000);
  expect(session.typing).toBeNull();
});
