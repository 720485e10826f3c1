import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Refused, Unreachable } from "../shared/http.ts";
import type { EditorApi } from "./editor-api.ts";
import { newEntry } from "./entry-content.ts";
import type { Finding } from "./knowledge.ts";
import { LiveChecks } from "./live-checks.ts";
import { entryOf, findingOf, withAnswer } from "./sample-entries.ts";

let check: ReturnType<typeof vi.fn<() => Promise<Finding[]>>>;
let checks: LiveChecks;

beforeEach(() => {
  vi.useFakeTimers();
  check = vi.fn(async () => [findingOf("warning")]);
  checks = new LiveChecks({ check } as unknown as EditorApi);
});

afterEach(() => void vi.useRealTimers());

test("the checks are asked for once the typing pauses", async () => {
  for (const answer of ["a", "ab", "abc"]) {
    checks.ask(withAnswer(entryOf(), answer));
    await vi.advanceTimersByTimeAsync(500);
  }
  expect([checks.state, check.mock.calls.length]).toEqual(["checking", 0]);
  await vi.advanceTimersByTimeAsync(100);
  expect(check).toHaveBeenCalledExactlyOnceWith(withAnswer(entryOf(), "abc"));
  expect([checks.state, checks.findings.length]).toEqual(["ready", 1]);
});

test("an answer to what was typed before is not shown", async () => {
  let late: (findings: Finding[]) => void = () => {};
  check.mockImplementationOnce(() => new Promise((resolve) => (late = resolve)));
  checks.ask(entryOf(), 0);
  await vi.advanceTimersByTimeAsync(0);
  checks.ask(withAnswer(entryOf(), "newer"), 0);
  await vi.advanceTimersByTimeAsync(0);
  late([]);
  await vi.advanceTimersByTimeAsync(0);
  expect(checks.findings).toHaveLength(1);
});

test("what cannot be checked yet is not asked", async () => {
  checks.ask(newEntry(), 0);
  await vi.advanceTimersByTimeAsync(1000);
  expect([check.mock.calls.length, checks.state]).toEqual([0, "idle"]);
});

test("a refusal says what is wrong, a lost line that it is lost", async () => {
  check.mockRejectedValueOnce(new Refused(422, "invalid_request", "valid_to is before valid_from"));
  checks.ask(entryOf(), 0);
  await vi.advanceTimersByTimeAsync(0);
  expect([checks.state, checks.reason]).toEqual(["refused", "valid_to is before valid_from"]);
  check.mockRejectedValueOnce(new Unreachable());
  checks.ask(entryOf(), 0);
  await vi.advanceTimersByTimeAsync(0);
  expect(checks.state).toBe("unreachable");
});
