import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Unreachable } from "../shared/http.ts";
import type { Attempt } from "../shared/signed-in.ts";
import type { EditorApi } from "./editor-api.ts";
import { ImportRun } from "./import-run.ts";
import type { Import } from "./knowledge.ts";

const checked: Import = {
  id: "i", file: "entries.csv", state: "checked", done: 0, total: 3, counts: { new: 2, changed: 0, same: 0, refused: 1 }, rows: [],
};
const attempt: Attempt = (action) => action().catch(() => null);

let api: { upload: ReturnType<typeof vi.fn>; apply: ReturnType<typeof vi.fn>; import: ReturnType<typeof vi.fn> };
let done: ReturnType<typeof vi.fn<() => void>>;
let run: ImportRun;

beforeEach(() => {
  vi.useFakeTimers();
  api = {
    upload: vi.fn(async () => checked),
    apply: vi.fn(async () => ({ ...checked, state: "applying" })),
    import: vi.fn(async () => ({ ...checked, state: "done", done: 3 })),
  };
  done = vi.fn<() => void>();
  run = new ImportRun(api as unknown as EditorApi, attempt, () => false, done);
});

afterEach(() => void vi.useRealTimers());

test("a file is checked, applied, and followed until it is done", async () => {
  await run.check(new File([""], "entries.csv"));
  expect(run.run!.state).toBe("checked");
  api.import.mockResolvedValueOnce({ ...checked, state: "applying", done: 1 });
  await run.apply();
  await vi.advanceTimersByTimeAsync(700);
  expect([run.run!.done, done.mock.calls.length]).toEqual([1, 0]);
  await vi.advanceTimersByTimeAsync(700);
  expect([run.run!.state, done.mock.calls.length]).toEqual(["done", 1]);
});

test("a lost line is told and asked again", async () => {
  await run.check(new File([""], "entries.csv"));
  api.import.mockRejectedValueOnce(new Unreachable());
  await run.apply();
  await vi.advanceTimersByTimeAsync(700);
  expect(run.lost).toBe(true);
  await vi.advanceTimersByTimeAsync(2100);
  expect([run.lost, run.run!.state]).toEqual([false, "done"]);
});

test("what could not be applied can be applied again", async () => {
  await run.check(new File([""], "entries.csv"));
  api.apply.mockRejectedValueOnce(new Unreachable());
  await run.apply();
  expect(run.run!.state).toBe("checked");
});
