import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Unreachable } from "../shared/http.ts";
import type { Attempt } from "../shared/signed-in.ts";
import type { EditorApi } from "./editor-api.ts";
import { ImportRun } from "./import-run.ts";
import type { Import, ImportProgress } from "./knowledge.ts";

const checked: Import = {
  id: "i", file: "entries.csv", state: "checked", done: 0, total: 3, counts: { new: 2, changed: 0, same: 0, refused: 1 }, rows: [],
};
const attempt: Attempt = (action) => action().catch(() => null);

type Call = ReturnType<typeof vi.fn>;

const rows: Import["rows"] = [{ row: 1, entry_id: "a", fate: "new", column: null, message: null }];
const progress = (state: Import["state"], done: number): ImportProgress => {
  const { rows: _, ...rest } = checked;
  return { ...rest, state, done };
};

let api: { upload: Call; apply: Call; import: Call; progress: Call; imports: Call };
let done: ReturnType<typeof vi.fn<() => void>>;
let run: ImportRun;

beforeEach(() => {
  vi.useFakeTimers();
  api = {
    upload: vi.fn(async () => checked),
    apply: vi.fn(async () => ({ ...checked, state: "applying", rows })),
    import: vi.fn(async () => ({ ...checked, state: "done", done: 3, rows: [...rows, ...rows] })),
    progress: vi.fn(async () => progress("done", 3)),
    imports: vi.fn(async () => []),
  };
  done = vi.fn<() => void>();
  run = new ImportRun(api as unknown as EditorApi, attempt, () => false, done);
});

afterEach(() => void vi.useRealTimers());

test("a file is checked, applied, and followed until it is done", async () => {
  await run.check(new File([""], "entries.csv"));
  expect(run.run!.state).toBe("checked");
  api.progress.mockResolvedValueOnce(progress("applying", 1));
  await run.apply();
  await vi.advanceTimersByTimeAsync(700);
  expect([run.run!.done, run.run!.rows, done.mock.calls.length]).toEqual([1, rows, 0]);
  expect(api.import, "the rows are read when there is an end to it").not.toHaveBeenCalled();
  await vi.advanceTimersByTimeAsync(700);
  expect([run.run!.state, run.run!.rows.length, done.mock.calls.length]).toEqual(["done", 2, 1]);
});

test("one that is under way is found and followed", async () => {
  api.imports.mockResolvedValue([{ id: "newer", state: "checked" }, { id: "i", state: "applying" }, { id: "older", state: "done" }]);
  api.import.mockResolvedValueOnce({ ...checked, state: "applying", done: 1, rows });
  await run.find();
  expect([api.import.mock.calls[0], run.run!.done, run.run!.rows]).toEqual([["i"], 1, rows]);
  await vi.advanceTimersByTimeAsync(700);
  expect([run.run!.state, done.mock.calls.length]).toEqual(["done", 1]);
});

test("where none is under way, or one is shown, nothing is looked for", async () => {
  api.imports.mockResolvedValueOnce([{ id: "i", state: "done" }]);
  await run.find();
  expect(run.run).toBeNull();
  api.imports.mockRejectedValueOnce(new Unreachable());
  await run.find();
  expect(run.run).toBeNull();
  await run.check(new File([""], "entries.csv"));
  await run.find();
  expect([run.run!.state, api.imports.mock.calls.length]).toEqual(["checked", 2]);
});

test("a lost line is told and asked again", async () => {
  await run.check(new File([""], "entries.csv"));
  api.progress.mockRejectedValueOnce(new Unreachable());
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
