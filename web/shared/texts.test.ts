import { readFileSync, readdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, expect, test } from "vitest";

const web = resolve(import.meta.dirname, "..");
const pages = ["widget", "desk", "editor", "demo"];
const han = /\p{Script=Han}/u;

function textsOf(page: string, language: string): Record<string, string> {
  return JSON.parse(readFileSync(join(web, page, `${language}.json`), "utf8")) as Record<string, string>;
}

function sources(folder: string, ends: string[]): string[] {
  return readdirSync(join(web, folder))
    .filter((name) => ends.some((end) => name.endsWith(end)) && !name.endsWith(".test.ts"))
    .map((name) => join(web, folder, name));
}

function placeholders(text: string): string[] {
  return [...text.matchAll(/\{(\w+)\}/g)].map(([, name]) => name!).sort();
}

function keysAskedFor(file: string): string[] {
  return [...readFileSync(file, "utf8").matchAll(/\bt\("([\w.]+)"/g)].map(([, key]) => key!);
}

describe.each(pages)("the texts of %s", (page) => {
  const zh = textsOf(page, "zh");
  const en = textsOf(page, "en");

  test("have the same keys in both languages", () => {
    expect(Object.keys(en).sort()).toEqual(Object.keys(zh).sort());
  });

  test("are nowhere empty, and take the same values", () => {
    for (const key of Object.keys(zh)) {
      expect(zh[key], key).not.toBe("");
      expect(placeholders(en[key]!), key).toEqual(placeholders(zh[key]!));
    }
  });

  test("have no key that the code never asks for", () => {
    const code = [...sources(page, [".ts"]), ...sources("shared", [".ts"])].map((file) => readFileSync(file, "utf8")).join("\n");
    const made = [...code.matchAll(/`([\w.]*(?:\.\$\{[\w.]+\}[\w.]*)+)`/g)]
      .map(([, template]) => template!.split(/\$\{[^}]*\}/).map((part) => part.replaceAll(".", "\\.")).join("[\\w]+"))
      .map((pattern) => new RegExp(`^${pattern}$`));
    const unasked = Object.keys(zh).filter((key) => !code.includes(`"${key}"`) && !made.some((pattern) => pattern.test(key)));
    expect(unasked).toEqual([]);
  });

  test("have every key that the code asks for by name", () => {
    const asked = sources(page, [".ts"]).flatMap(keysAskedFor);
    expect(asked.length).toBeGreaterThan(0);
    expect(asked.filter((key) => !(key in zh))).toEqual([]);
  });
});

test("the staff's pages have every key that their shared parts ask for, and mean the same by it", () => {
  const asked = ["sign-in.ts", "dialogs.ts", "signed-in.ts"].flatMap((name) => keysAskedFor(join(web, "shared", name)));
  for (const language of ["zh", "en"]) {
    const [desk, editor] = [textsOf("desk", language), textsOf("editor", language)];
    expect(asked.filter((key) => !(key in desk) || !(key in editor))).toEqual([]);
    const alike = Object.keys(desk).filter((key) => /^sign_in\.(?!title)|^shortcuts\.(title|close|sheet)$/.test(key));
    for (const key of alike) expect(editor[key], key).toBe(desk[key]);
  }
});

test("no text stands in the code", () => {
  const written = [...pages, "shared", "build"]
    .flatMap((folder) => sources(folder, [".ts", ".html", ".css"]))
    .flatMap((file) =>
      readFileSync(file, "utf8").split("\n")
        .filter((line) => han.test(line) && !/^\s*(\*|\/\/|\/\*)/.test(line))
        .map((line) => `${file}: ${line.trim()}`),
    );
  expect(written).toEqual([]);
});
