import type { ErrorBody, Language } from "./protocol.ts";

/** The server refused a call. `code` is stable; `message` tells a person what to do next; `body` is all it said. */
export class Refused extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    readonly body: unknown = null,
  ) {
    super(message);
  }

  /** What is wrong: field by field where the server says so, else its message. */
  get reason(): string {
    const details = (this.body as Partial<ErrorBody> | null)?.error?.details ?? [];
    return details.map(({ field, message }) => `${field}: ${message}`).join("; ") || this.message;
  }
}

/** The server could not be reached, or did not answer as itself. */
export class Unreachable extends Error {}

export interface Call {
  method?: "GET" | "POST" | "PUT" | "DELETE";
  /** Sent as JSON, a FormData as it is. */
  body?: unknown;
  headers?: Record<string, string>;
  /** In which the server is to say what is wrong. */
  language?: Language | undefined;
  signal?: AbortSignal;
  /** Called with the server's clock, where the answer shows it. */
  onDate?: (date: Date) => void;
}

/** One JSON call. Resolves with the body (undefined for 204); throws Refused, Unreachable or AbortError. */
export async function call<T>(url: string, { method = "GET", body, headers = {}, language, signal, onDate }: Call = {}): Promise<T> {
  const form = body instanceof FormData;
  const json = body !== undefined && !form;
  const response = await reach(url, {
    method,
    headers: {
      Accept: "application/json",
      ...(language ? { "Accept-Language": language } : {}),
      ...(json ? { "Content-Type": "application/json" } : {}),
      ...headers,
    },
    ...(json ? { body: JSON.stringify(body) } : form ? { body } : {}),
    ...(signal ? { signal } : {}),
  });
  const date = response.headers.get("Date");
  if (date && onDate) onDate(new Date(date));
  if (response.status === 204) return undefined as T;
  const said: unknown = await response.json().catch(() => null);
  if (response.ok && said !== null) return said as T;
  const error = (said as ErrorBody | null)?.error;
  if (!error?.code || response.status >= 500) throw new Unreachable(error?.message ?? `HTTP ${response.status}`);
  throw new Refused(response.status, error.code, error.message, said);
}

async function reach(url: string, init: RequestInit): Promise<Response> {
  try {
    return await fetch(url, init);
  } catch (error) {
    if (error instanceof DOMException && error.name === "AbortError") throw error;
    throw new Unreachable(String(error));
  }
}
