import { beforeEach, expect, test } from "vitest";
import { define } from "../shared/define.ts";
import { Observable } from "../shared/observable.ts";
import type { Language } from "../shared/protocol.ts";
import type { EditorSession } from "./editor-session.ts";
import { FilesView } from "./files-view.ts";
import type { Import } from "./knowledge.ts";

define("editor-files", FilesView);

const run: Import = {
  id: "i", file: "entries.csv", state: "checked", done: 0, total: 2, counts: { new: 1, changed: 0, same: 0, refused: 1 },
  rows: [
    { row: 2, entry_id: "card-lost", fate: "new", column: null, message: null },
    { row: 3, entry_id: "loan", fate: "refused", column: "featured", message: { zh: "请改正。", en: "Correct it." } },
  ],
};

async function rows(language: Language): Promise<string[]> {
  const imports = Object.assign(new (class extends Observable {})(), { run, sending: null, lost: false });
  const element = document.createElement("editor-files") as FilesView;
  element.session = Object.assign(new (class extends Observable {})(), { imports, mayEdit: true }) as unknown as EditorSession;
  element.t = (key) => key;
  element.language = language;
  document.body.append(element);
  await element.updateComplete;
  return [...element.renderRoot.querySelectorAll<HTMLElement>("[data-testid=import-row]")].map((row) =>
    [...row.querySelectorAll("td")].map((cell) => cell.textContent!.replace(/\s+/g, " ").trim()).join(" | "),
  );
}

beforeEach(() => (document.body.innerHTML = ""));

test.each<[Language, string]>([["zh", "请改正。"], ["en", "Correct it."]])("in %s, what is wrong with a row is told in it", async (language, message) => {
  expect(await rows(language)).toEqual([
    "2 | card-lost | fate.new | ",
    `3 | loan | fate.refused | featured ${message}`,
  ]);
});
