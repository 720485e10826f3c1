import { render } from "lit";
import { expect, test } from "vitest";
import { translator } from "../shared/i18n.ts";
import type { AnswerMessage, RelatedQuestion } from "../shared/protocol.ts";
import { textOf } from "../shared/sample-messages.ts";
import { answerCard, room } from "./answer-card.ts";
import { texts } from "./texts.ts";

const RELATED = [{ entry_id: "r", question: "R?" }];

function draw(text: string, risk: string | null = null, related: RelatedQuestion[] = RELATED, say = (_: string): void => {}, updated: string | null = "2026-11-01"): HTMLElement {
  const message: AnswerMessage = {
    ...textOf(1), sender: "bot", kind: "answer", text,
    data: { entry_id: "e", question: "Q?", updated, risk, related, answer_language: "en" },
  };
  const root = document.createElement("div");
  render(answerCard({ message, rated: null, t: translator(texts, "en"), rate: () => {}, say }), root);
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
  expect(draw("Yes.", null, RELATED, () => {}, null).textContent).not.toContain("Updated");
});

test("a related question in the other language says so where it is shown, and is asked without that", () => {
  const said: string[] = [];
  const related = [{ entry_id: "r", question: "上门吗？", label: "上门吗？ (in Chinese)" }];
  const button = draw("Yes.", null, related, (text) => said.push(text)).querySelector<HTMLButtonElement>(".related button")!;
  expect(button.textContent).toBe("上门吗？ (in Chinese)");
  button.click();
  expect(said).toEqual(["上门吗？"]);
});
