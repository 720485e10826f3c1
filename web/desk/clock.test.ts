import { expect, test } from "vitest";
import { clockText, isOverdue, lateness, momentText, secondsSince } from "./clock.ts";

test.each([[0, "fine"], [119, "fine"], [120, "soon"], [299, "soon"], [300, "late"], [9000, "late"]])("%i s is %s", (seconds, late) => {
  expect(lateness(seconds)).toBe(late);
});

test.each([[0, "0:00"], [59.9, "0:59"], [245, "4:05"], [3845, "1:04:05"], [-3, "0:00"]])("%d s reads %s", (seconds, text) => {
  expect(clockText(seconds)).toBe(text);
});

test("waits are measured by the server's clock", () => {
  const now = Date.parse("2026-11-21T08:00:00Z");
  expect(secondsSince("2026-11-21T08:00:00Z", 90_000, now)).toBe(90);
  expect(secondsSince("2026-11-21T08:00:30Z", 0, now)).toBe(0);
});

test("a promise is overdue by the server's clock, too", () => {
  const now = Date.parse("2026-11-21T08:00:00Z");
  expect(isOverdue("2026-11-21T08:01:00Z", 0, now)).toBe(false);
  expect(isOverdue("2026-11-21T08:01:00Z", 90_000, now)).toBe(true);
});

test("a moment of today is a time, another has its day", () => {
  const now = new Date("2026-11-21T08:00:00");
  expect(momentText("2026-11-21T09:30:00", "en", now)).toBe("09:30");
  expect(momentText("2026-11-23T09:30:00", "en", now)).toContain("23 Nov");
});
