import { beforeEach, expect, test } from "vitest";
import { define } from "../shared/define.ts";
import { Refused, Unreachable } from "../shared/http.ts";
import type { StaffMessage } from "../shared/protocol.ts";
import { MessageActions, type MessageAction } from "./message-actions.ts";

define("desk-message-actions", MessageActions);

function message(sender: StaffMessage["sender"], kind: string, turn: unknown = null): StaffMessage {
  return { seq: 4, client_id: null, sender, sender_name: null, kind, text: "", language: "zh", data: {}, turn, created_at: "" } as unknown as StaffMessage;
}

const suggested = { suggestion: { entry_id: "card-lost", edited: false, release_id: 9, revision: 3 } };

const trace = { release: { id: 9 }, entry: { id: "card-lost", revision: 3, author: "he", reviewer: "wu" }, edited: false };

let asked: MessageAction | null;

async function shown(of: StaffMessage): Promise<MessageActions> {
  const element = document.createElement("desk-message-actions") as MessageActions;
  element.message = of;
  element.t = (key, values) => [key, ...Object.values(values ?? {})].join(" ");
  element.addEventListener("message-action", (event) => (asked = (event as CustomEvent<MessageAction>).detail));
  document.body.append(element);
  await element.updateComplete;
  return element;
}

async function press(element: MessageActions, answer: Promise<unknown>, hook = "button"): Promise<string> {
  element.renderRoot.querySelector<HTMLElement>(hook)!.click();
  (asked!.answer as (answer: Promise<unknown>) => void)(answer);
  await answer.catch(() => {});
  await new Promise((resolve) => setTimeout(resolve));
  await element.updateComplete;
  return element.renderRoot.textContent!.replace(/\s+/g, " ").trim();
}

beforeEach(() => {
  document.body.innerHTML = "";
  asked = null;
});

test("an agent's words can be kept, an answer traced, and nothing done with the rest", async () => {
  const hooks = await Promise.all(
    [message("agent", "text"), message("bot", "answer"), message("bot", "choices"), message("customer", "text")].map(
      async (each) => (await shown(each)).renderRoot.querySelector("button")?.dataset["testid"] ?? null,
    ),
  );
  expect(hooks).toEqual(["keep", "trace", null, null]);
});

test("what is kept says as which draft, and is not kept twice", async () => {
  const element = await shown(message("agent", "text"));
  expect(await press(element, Promise.resolve({ entry_id: "reply-1", revision: 1 }))).toBe("keep.done reply-1 1");
  expect(asked).toMatchObject({ do: "keep", seq: 4 });
  expect(element.renderRoot.querySelector("button")).toBeNull();
  expect(await press(await shown(message("agent", "text")), Promise.reject(new Refused(409, "already_drafted", "")))).toBe("keep.already");
});

test("what failed says why and can be tried again", async () => {
  const element = await shown(message("agent", "text"));
  expect(await press(element, Promise.reject(new Unreachable()))).toBe("keep.action problem.unreachable");
  expect(await press(element, Promise.resolve({ entry_id: "reply-1", revision: 1 }))).toBe("keep.done reply-1 1");
});

test("an answer names entry, revision, author, reviewer and release", async () => {
  expect(await press(await shown(message("bot", "answer")), Promise.resolve(trace))).toBe("trace.found card-lost 3 he wu 9");
});

test("a suggested answer that an agent sent is kept or traced, each by itself", async () => {
  const element = await shown(message("agent", "text", suggested));
  expect(await press(element, Promise.reject(new Unreachable()), "[data-testid=keep]")).toBe("keep.action problem.unreachable trace.action");
  expect(await press(element, Promise.resolve({ ...trace, edited: true }), "[data-testid=trace]"))
    .toBe("keep.action problem.unreachable trace.edited card-lost 3 he wu 9");
  expect(await press(element, Promise.resolve({ entry_id: "reply-1", revision: 1 }), "[data-testid=keep]"))
    .toBe("keep.done reply-1 1 trace.edited card-lost 3 he wu 9");
});

test("one whose release is not known is not traced", async () => {
  const { renderRoot } = await shown(message("agent", "text", { suggestion: { entry_id: "card-lost", edited: false } }));
  expect([...renderRoot.querySelectorAll("button")].map(({ dataset }) => dataset["testid"])).toEqual(["keep"]);
});
