import { expect, test } from "vitest";
import { backoffMilliseconds } from "./backoff.ts";

test("pauses double and stop growing at 15 s; half of each is chance", () => {
  expect([1, 2, 3, 4].map((failures) => backoffMilliseconds(failures, 1))).toEqual([500, 1000, 2000, 4000]);
  expect(backoffMilliseconds(40, 1)).toBe(15_000);
  expect(backoffMilliseconds(2, 0)).toBe(500);
});
