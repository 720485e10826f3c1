import { beforeEach, expect, test } from "vitest";
import type { Case, Queue } from "../shared/protocol.ts";
import { Arrivals } from "./arrivals.ts";

const facts = (id: string, reason = "asked_for_human"): Case => ({ id, reason }) as Case;
const lists = (waiting: Case[], mine: Case[] = []): Queue => ({ waiting, mine, consulted: [] });

let arrivals: Arrivals;
beforeEach(() => {
  arrivals = new Arrivals();
  arrivals.in(lists([facts("old")], [facts("own")]));
});

test("what stands there when the desk opens is no news", () => {
  expect(new Arrivals().in(lists([facts("a")], [facts("b")]))).toBeNull();
  expect(arrivals.in(lists([facts("old")], [facts("own")]))).toBeNull();
});

test("somebody who begins to wait is, once", () => {
  const now = lists([facts("old"), facts("new")], [facts("own")]);
  expect(arrivals.in(now)).toEqual({ occasion: "waiting", facts: facts("new") });
  expect(arrivals.in(now)).toBeNull();
});

test("so is a wait that has become urgent", () => {
  expect(arrivals.in(lists([facts("old", "distress")], [facts("own")]))?.facts.reason).toBe("distress");
});

test("a chat that the queue gives the agent goes before those who wait", () => {
  const now = lists([facts("new")], [facts("own"), facts("old")]);
  expect(arrivals.in(now)).toEqual({ occasion: "given", facts: facts("old") });
});

test("one that the agent takes is no news, but it is when it comes again by itself", () => {
  arrivals.expect("old");
  expect(arrivals.in(lists([], [facts("own"), facts("old")]))).toBeNull();
  arrivals.in(lists([], [facts("own")]));
  expect(arrivals.in(lists([], [facts("own"), facts("old")]))?.occasion).toBe("given");
});

test("one that was refused to the agent is news when the queue gives it later", () => {
  arrivals.expect("old");
  arrivals.expect("old", false);
  expect(arrivals.in(lists([], [facts("own"), facts("old")]))?.occasion).toBe("given");
});

test("after signing out everything begins anew", () => {
  arrivals.forget();
  expect(arrivals.in(lists([facts("new")], [facts("other")]))).toBeNull();
});
