import { afterEach, expect, test, vi } from "vitest";
import { call, Refused, Unreachable } from "./http.ts";
import { StaffApi } from "./staff-api.ts";

function answer(status: number, body: unknown): void {
  vi.stubGlobal("fetch", vi.fn(async () => new Response(JSON.stringify(body), { status })));
}

const sent = (): RequestInit => vi.mocked(fetch).mock.calls[0]![1]!;

afterEach(() => vi.unstubAllGlobals());

test("a body goes out as JSON, a form as it is", async () => {
  answer(200, {});
  await call("/a", { method: "PUT", body: { b: 1 }, headers: { "If-Match": '"3"' } });
  expect(sent()).toMatchObject({ method: "PUT", body: '{"b":1}', headers: { "Content-Type": "application/json", "If-Match": '"3"' } });
  answer(200, {});
  const form = new FormData();
  await call("/a", { method: "POST", body: form });
  expect(sent().body).toBe(form);
  expect(sent().headers).not.toHaveProperty("Content-Type");
});

test("the language of the page goes out, where it is known", async () => {
  answer(200, {});
  await call("/a", { language: "zh" });
  expect(sent().headers).toMatchObject({ "Accept-Language": "zh" });
  answer(200, {});
  await call("/a");
  expect(sent().headers).not.toHaveProperty("Accept-Language");
});

test("the staff's calls are in the language of their page", async () => {
  const api = new StaffApi();
  answer(200, { csrf: "c" });
  await api.me();
  expect(sent().headers).toMatchObject({ "Accept-Language": "zh" });
  api.language = "en";
  answer(200, { csrf: "c" });
  await api.signIn("wu", "secret");
  expect(sent().headers).toMatchObject({ "Accept-Language": "en" });
});

test("a refusal carries all that the server said", async () => {
  answer(409, { error: { code: "edit_conflict", message: "m" }, current: { revision: 2 } });
  const refused = await call("/a").catch((error: unknown) => error as Refused);
  expect(refused).toMatchObject({ status: 409, code: "edit_conflict", reason: "m", body: { current: { revision: 2 } } });
});

test("what is wrong is told field by field", async () => {
  answer(422, { error: { code: "invalid_request", message: "m", details: [{ field: "id", message: "too long" }, { field: "zh", message: "empty" }] } });
  expect(await call("/a").catch((error: unknown) => (error as Refused).reason)).toBe("id: too long; zh: empty");
});

test("an answer that is not the server's own is no answer", async () => {
  answer(502, { nothing: true });
  await expect(call("/a")).rejects.toBeInstanceOf(Unreachable);
});
