import { css, html, nothing, type PropertyValues, type TemplateResult } from "lit";
import { query, state } from "lit/decorators.js";
import { repeat } from "lit/directives/repeat.js";
import { emit } from "../shared/define.ts";
import { foundation, prose } from "../shared/foundation.ts";
import { langAttribute } from "../shared/i18n.ts";
import { icon } from "../shared/icons.ts";
import { groupBySender, type Group } from "../shared/message-store.ts";
import type { Message } from "../shared/protocol.ts";
import { answerStyles } from "./answer-card.ts";
import { formStyles } from "./form-steps.ts";
import { messageStyles } from "./message-styles.ts";
import { messageView, pendingView } from "./message-view.ts";
import { SessionPart } from "./session-part.ts";

const nearEndPixels = 80;
const bylinePixels = 44;

/** The log of the conversation. It follows the newest message, unless the customer has scrolled up to read. */
export class ConversationLog extends SessionPart {
  static override styles = [foundation, prose, messageStyles, answerStyles, formStyles, css`
    :host {
      position: relative;
      display: flex;
      flex: 1;
      min-height: 0;
    }
    .scroll {
      flex: 1;
      overflow-y: auto;
      overscroll-behavior: contain;
      padding: var(--space-4);
    }
    .log {
      display: grid;
      grid-template-columns: minmax(0, 1fr);
      gap: var(--space-4);
      margin-top: var(--space-4);
    }
    .log:empty {
      margin: 0;
    }
    .newer {
      position: absolute;
      inset-block-end: var(--space-2);
      inset-inline: 0;
      width: fit-content;
      margin-inline: auto;
      box-shadow: var(--shadow-low);
    }
    .loading {
      display: grid;
      gap: var(--space-4);
    }
    .loading .skeleton {
      width: 78%;
      height: var(--target);
    }
    .loading .skeleton:nth-child(even) {
      justify-self: end;
      width: 52%;
    }
    .loading .skeleton:nth-child(3) {
      height: calc(var(--target) * 3);
    }
    .dots {
      display: inline-flex;
      gap: var(--space-1);
    }
    .dots i {
      width: 6px;
      height: 6px;
      border-radius: 50%;
      background: var(--ink-quiet);
      animation: breathe 0.6s ease-in-out infinite alternate;
    }
    .dots i:nth-child(2) {
      animation-delay: 0.2s;
    }
    .dots i:nth-child(3) {
      animation-delay: 0.4s;
    }
  `];

  @state() private behind = false;
  /** Turned on one drawing after the history, so that the history is not read out. */
  @state() private announces = false;
  @query(".scroll") private scroller!: HTMLElement;
  private atEnd = true;
  /** Where we last scrolled to; any other place is where the customer has. */
  private aim = 0;
  private shown = 0;
  private readonly sizes = new ResizeObserver(() => this.atEnd && this.toEnd());

  override firstUpdated(): void {
    this.sizes.observe(this.scroller);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.sizes.disconnect();
  }

  override updated(changes: PropertyValues): void {
    if (this.session.restored && !this.announces) requestAnimationFrame(() => (this.announces = true));
    const { messages, unsent, typing } = this.session;
    const count = messages.length + unsent.length;
    const own = unsent.length > 0 || messages.at(-1)?.sender === "customer";
    if (count !== this.shown) {
      if (this.atEnd || own || this.shown === 0) this.toEnd();
      else this.behind = count > this.shown;
      this.shown = count;
    } else if (typing && this.atEnd && !changes.has("behind")) {
      this.toEnd();
    }
  }

  override render(): TemplateResult {
    const { session, t } = this;
    const loading = session.hasConversation && !session.restored && session.messages.length === 0;
    return html`
      <div class="scroll" tabindex="0" role="group" aria-label=${t("log.label")} @scroll=${this.scrolled}>
        ${loading ? this.skeleton() : html`<slot></slot>`}
        <div class="log" role="log" aria-label=${t("log.label")} aria-live=${this.announces ? "polite" : "off"}
          aria-relevant="additions">${this.groups()}</div>
        ${this.typing()}
      </div>
      ${this.behind
        ? html`<button type="button" class="button newer" @click=${this.toEnd}>${icon("down")}${t("log.newer")}</button>`
        : nothing}`;
  }

  private groups(): unknown {
    const { session } = this;
    const groups = groupBySender(session.messages);
    const unsent = session.unsent;
    if (unsent.length > 0 && groups.at(-1)?.sender !== "customer") {
      groups.push({ sender: "customer", name: null, messages: [] });
    }
    return repeat(
      groups,
      // An unsent message keeps its place in the page when it becomes the first of its group.
      (group) => group.messages[0]?.client_id ?? group.messages[0]?.seq ?? unsent[0]?.client_id,
      (group, at) => this.group(group, at === groups.length - 1),
    );
  }

  private group(group: Group<Message>, last: boolean): TemplateResult {
    const { session, t } = this;
    if (group.messages[0]?.kind === "notice") return this.message(group.messages[0]);
    const items = [
      ...group.messages.map((message) => ({ key: message.client_id ?? message.seq, draw: () => this.message(message) })),
      ...(last && group.sender === "customer" ? session.unsent : []).map((entry) => ({
        key: entry.client_id,
        draw: () => pendingView(entry, session.isOnItsWay(entry.client_id), t, () => this.discard(entry.client_id)),
      })),
    ];
    return html`<div class="group ${group.sender}">
      ${this.by(group)}
      ${repeat(items, (item) => item.key, (item) => item.draw())}
    </div>`;
  }

  private discard(clientId: string): void {
    this.session.discard(clientId);
    emit(this, "discarded");
  }

  private by({ sender, name }: Group<Message>): TemplateResult {
    const { t } = this;
    if (sender === "customer") return html`<span class="unseen">${t("sender.customer")}</span>`;
    const who = sender === "agent" ? "agent" : "bot";
    return html`<p class="by ${who}" lang=${langAttribute(this.language)}>
      ${icon(who === "agent" ? "person" : "bot")}
      <span>${(who === "agent" && name) || t(`sender.${who}`)}</span><span class="mark">${t(`sender.${who}.mark`)}</span>
    </p>`;
  }

  private message(message: Message): TemplateResult {
    const { session, t } = this;
    return messageView(message, {
      t,
      answer: this.answerTo(message),
      rated: session.feedbackOn(message.seq),
      say: (text, choice) => emit(this, "say", { text, choice }),
      rate: (seq, helpful) => void session.rate(seq, helpful),
    });
  }

  /** What the customer said after this; buttons of a conversation that has ended do nothing either. */
  private answerTo(message: Message): string | null {
    const { session } = this;
    const next = session.messages.find(({ seq, sender }) => seq > message.seq && sender === "customer");
    return next?.text ?? session.unsent[0]?.text ?? (session.conversation?.owner === "closed" ? "" : null);
  }

  private typing(): unknown {
    const { typing, conversation } = this.session;
    if (!typing || conversation?.owner === "closed") return nothing;
    const name = conversation?.agent_name ?? this.t("sender.agent");
    return html`<p class="by typing" data-testid="typing">
      ${icon(typing === "agent" ? "person" : "bot")}<span>${this.t(`typing.${typing}`, { name })}</span>
      <span class="dots" aria-hidden="true"><i></i><i></i><i></i></span>
    </p>`;
  }

  private skeleton(): TemplateResult {
    return html`<div class="loading" role="status" aria-label=${this.t("log.loading")}>
      <div class="skeleton"></div><div class="skeleton"></div><div class="skeleton"></div><div class="skeleton"></div>
    </div>`;
  }

  /** To the end, but not past the start of the newest message: a long answer is read from its top. */
  private readonly toEnd = (): void => {
    this.behind = false;
    this.atEnd = true;
    const { scroller } = this;
    if (this.session.messages.length + this.session.unsent.length === 0) return;
    const newest = [...this.renderRoot.querySelectorAll<HTMLElement>(".message, .notice")].at(-1);
    const top = newest ? newest.getBoundingClientRect().top - scroller.getBoundingClientRect().top : 0;
    const end = scroller.scrollHeight - scroller.clientHeight;
    this.aim = Math.max(0, newest ? Math.min(end, scroller.scrollTop + top - bylinePixels) : end);
    scroller.scrollTop = this.aim;
  };

  private scrolled(): void {
    const { scrollHeight, scrollTop, clientHeight } = this.scroller;
    this.atEnd = Math.abs(scrollTop - this.aim) < 2 || scrollHeight - scrollTop - clientHeight < nearEndPixels;
    if (this.atEnd) this.behind = false;
  }
}
