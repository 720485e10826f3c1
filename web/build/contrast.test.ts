import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { describe, expect, test } from "vitest";
import { contrast, readTokens, weakPairs } from "./contrast.ts";

const css = readFileSync(resolve(import.meta.dirname, "../shared/tokens.css"), "utf8");

describe("contrast", () => {
  test("of black and white is 21, of a colour and itself 1", () => {
    expect(contrast("#000000", "#ffffff")).toBeCloseTo(21);
    expect(contrast("#0f5f6b", "#0f5f6b")).toBe(1);
  });

  test("of every pair of tokens is enough in both themes", () => {
    expect(weakPairs(css)).toEqual([]);
  });

  test("a brand that cannot be read is named, with its theme", () => {
    const weak = weakPairs(css.replace(/--accent: #0f5f6b/, "--accent: #ffe680"));
    expect(weak).toHaveLength(1);
    expect(weak[0]).toMatch(/^light: --accent-ink on --accent is 1\.\d\d:1/);
  });

  test("the dark theme keeps what it does not set", () => {
    const { light, dark } = readTokens(":root { --ink: #111111; --radius: 4px; } @media (prefers-color-scheme: dark) { :root { --ink: #eeeeee; } }");
    expect(light.get("ink")).toBe("#111111");
    expect(dark.get("ink")).toBe("#eeeeee");
    expect(dark.get("radius")).toBe("4px");
  });
});
