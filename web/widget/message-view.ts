import { html, nothing, type TemplateResult } from "lit";
import { langAttribute, type Translate } from "../shared/i18n.ts";
import { icon, type IconName } from "../shared/icons.ts";
import type { FormMessage, Message, NoticeEvent, NoticeMessage } from "../shared/protocol.ts";
import { answerCard, room } from "./answer-card.ts";
import { formSteps } from "./form-steps.ts";
import { choiceButtons, textButtons } from "./option-buttons.ts";
import type { Outgoing } from "./outbox.ts";

export interface MessageContext {
  t: Translate;
  /** What the customer said after this message, or null if nothing yet. */
  answer: string | null;
  rated: boolean | null;
  say(text: string, choice?: string): void;
  rate(seq: number, helpful: boolean): void;
}

/** From here on a notice is something to read, not a line in passing. */
const longFrom = 64;

const noticeIcons: Record<NoticeEvent, IconName> = {
  waiting: "clock",
  joined: "person",
  transferred: "person",
  to_team: "clock",
  returned: "bot",
  closed: "online",
  cancelled: "information",
  bot_unavailable: "warning",
  agent_lost: "warning",
  message_left: "online",
  urgent: "warning",
  noted: "information",
};

/** One message, by its kind. */
export function messageView(message: Message, context: MessageContext): TemplateResult {
  const { t, answer } = context;
  if (message.kind === "notice") return noticeLine(message, t);
  return html`
    <div class="message ${message.kind === "text" ? "" : "wide"}" data-testid="message" data-sender=${message.sender}
      data-kind=${message.kind} data-seq=${message.seq} lang=${langAttribute(message.language)}>
      ${body(message, answer, context)}
    </div>`;
}

function body(message: Exclude<Message, NoticeMessage>, answer: string | null, context: MessageContext): unknown {
  const { t, say, rated, rate } = context;
  switch (message.kind) {
    case "answer":
      return answerCard({ message, rated, t, say, rate: (helpful) => rate(message.seq, helpful) });
    case "choices":
      return html`${bubble(message.text)}${choiceButtons(message, answer, say, t)}`;
    case "form":
      return html`${bubble(message.text)}${formBody(message, answer, context)}`;
    default: {
      const buttons = message.data.buttons ?? [];
      return html`${bubble(message.text)}
        ${buttons.length > 0 ? textButtons(buttons, answer, message.language, say, t) : nothing}`;
    }
  }
}

/** Once answered in words, the steps are those of the next question; a button that was pressed stays. */
function formBody(message: FormMessage, answer: string | null, { t, say }: MessageContext): unknown {
  const buttons = formButtons(message, t);
  const pressed = buttons.some(({ text }) => text === answer);
  return html`
    ${answer === null ? formSteps(message, t) : nothing}
    ${answer === null || pressed ? textButtons(buttons, answer, message.language, say, t) : nothing}`;
}

/** There is always a way out of a form, also when the bot names none. */
function formButtons(message: FormMessage, t: Translate): { label: string; text: string }[] {
  const { buttons } = message.data;
  return buttons.length > 0 ? buttons : [{ label: t("form.cancel"), text: t("form.cancel.text") }];
}

function noticeLine(message: NoticeMessage, t: Translate): TemplateResult {
  const { event, agent_name } = message.data;
  const text = message.text || t(`notice.${event}`, { name: agent_name ?? t("notice.someone") });
  return html`
    <p class="notice ${event} ${room(text) > longFrom ? "long" : ""}" data-testid="message" data-sender=${message.sender} data-kind="notice"
      data-seq=${message.seq} lang=${langAttribute(message.language)}>${icon(noticeIcons[event] ?? "information")}<span>${text}</span></p>`;
}

/** A message of the customer's which the server has not confirmed. */
export function pendingView(entry: Outgoing, onItsWay: boolean, t: Translate, discard: () => void): TemplateResult {
  const state = entry.refusal !== undefined ? "refused" : onItsWay ? "sending" : "unsent";
  return html`
    <div class="message pending" data-testid="message" data-sender="customer" data-kind="text" data-state=${state}>
      ${bubble(entry.text)}
      <div class="state ${state}">
        ${icon(state === "sending" ? "clock" : "warning")}
        <span>${t(`state.${state}`, { reason: entry.refusal ?? "" })}</span>
        ${state === "refused"
          ? html`<button type="button" class="button bare" @click=${discard}>${t("state.discard")}</button>`
          : nothing}
      </div>
    </div>`;
}

function bubble(text: string): TemplateResult {
  return html`<div class="bubble">${text}</div>`;
}
