import { render } from "lit";
import { expect, test } from "vitest";
import { translator } from "../shared/i18n.ts";
import type { AnswerMessage } from "../shared/protocol.ts";
import { textOf } from "../shared/sample-messages.ts";
import { answerCard, room } from "./answer-card.ts";
import { texts } from "./texts.ts";

function draw(text: string, risk: string | null = null, updated: string | null = "2026-11-01"): HTMLElement {
  const message: AnswerMessage = {
    ...textOf(1), sender: "bot", kind: "answer", text,
    data: { entry_id: "e", question: "Q?", updated, risk, related: [{ entry_id: "r", question: "R?" }], answer_language: "en" },
  };
  const root = document.createElement("div");
  render(answerCard({ message, rated: null, t: translator(texts, "en"), rate: () => {}, say: () => {} }), root);
  return root;
}

test("a Chinese character takes the room of two Latin ones", () => {
  expect(room("ab中文")).toBe(6);
});

test("a short answer is open, a long one folds after its first paragraph", () => {
  expect(draw("Yes.\n\nOne line more.").querySelector("details")).toBeNull();
  const long = draw(`Yes.\n\n${"word ".repeat(80)}`);
  expect(long.querySelector(".lead")!.textContent!.trim()).toBe("Yes.");
  expect(long.querySelector("details")!.open).toBe(false);
});

test("risk is never folded away", () => {
  const root = draw(`Yes.\n\n${"word ".repeat(80)}`, "You may lose money.");
  expect(root.querySelector(".risk")!.textContent).toContain("You may lose money.");
  expect(root.querySelector("details .risk")).toBeNull();
});

test("source, date and related questions are shown", () => {
  const text = draw("Yes.").textContent!;
  expect(text).toContain("Source: Q?");
  expect(text).toContain("Updated 2026-11-01");
  expect(text).toContain("R?");
});

test("an answer without a date shows none", () => {
  expect(draw("Yes.", null, null).textContent).not.toContain("Updated");
});
