import { css, html, nothing, type PropertyValues, type TemplateResult } from "lit";
import { query, state } from "lit/decorators.js";
import { fitHeight, isSendKey } from "../shared/composing.ts";
import { foundation } from "../shared/foundation.ts";
import { icon } from "../shared/icons.ts";
import type { CannedReply } from "../shared/protocol.ts";
import { cannedQuery, filled, matching, nextBlank } from "./canned.ts";
import { cannedList, cannedListStyles } from "./canned-list.ts";
import { DeskPart } from "./desk-part.ts";
import { deskStyles } from "./desk-styles.ts";

const limit = 2000;
const countFrom = 1800;
const idleMilliseconds = 4000;
const caseIdLength = 6;

/** Where the agent writes; each chat keeps its own draft. `/` at the start offers the canned replies. */
export class ReplyBox extends DeskPart {
  static override styles = [foundation, deskStyles, cannedListStyles, css`
    :host {
      position: relative;
      padding: var(--space-3) var(--space-4);
      border-block-start: 1px solid var(--line);
      background: var(--paper);
    }
    form {
      display: flex;
      align-items: flex-end;
      gap: var(--space-2);
      padding: 3px;
      border: 1px solid var(--line-strong);
      border-radius: var(--radius);
      background: var(--paper-raised);
    }
    form:focus-within {
      border-color: var(--accent-text);
      box-shadow: 0 0 0 1px var(--accent-text);
    }
    textarea {
      flex: 1;
      min-width: 0;
      min-height: var(--target);
      max-height: 168px;
      padding: var(--space-2) var(--space-3);
      border: 0;
      background: none;
      font-size: var(--text-m);
      line-height: 1.6;
      resize: none;
    }
    textarea:focus-visible {
      box-shadow: none;
    }
    textarea::placeholder {
      color: var(--ink-quiet);
      opacity: 1;
    }
    .button {
      min-height: var(--target);
    }
    .left {
      text-align: end;
    }
    .blank {
      display: flex;
      align-items: center;
      gap: var(--space-1);
      margin-bottom: var(--space-2);
      color: var(--warning);
      font-size: var(--text-xs);
    }
    @media (pointer: coarse) {
      textarea {
        font-size: 16px;
      }
    }
  `];

  @state() private chosen = 0;
  /** What was written when the list was put away by Escape. */
  @state() private putAway: string | null = null;
  /** The agent wanted to send while something was still to be filled in. */
  @state() private toFill = false;
  @query("textarea") private box!: HTMLTextAreaElement;
  private typing = false;
  private typingTimer: ReturnType<typeof setTimeout> | undefined;

  override focus(options?: FocusOptions): void {
    this.box.focus(options);
  }

  /** Puts a text where the cursor is, on lines of its own if something stands there. */
  insert(text: string): void {
    const { box } = this;
    const before = box.value.slice(0, box.selectionStart);
    const after = box.value.slice(box.selectionEnd);
    const start = before && !before.endsWith("\n") ? `${before}\n` : before;
    this.put((start + text + after).slice(0, limit), start.length + text.length);
  }

  /** Offers the canned replies, where nothing is written yet. */
  offerCanned(): void {
    if (!this.box.value) this.put("/", 1);
    else this.box.focus();
  }

  override updated(_changes: PropertyValues): void {
    fitHeight(this.box);
    this.renderRoot.querySelector('[aria-selected="true"]')?.scrollIntoView({ block: "nearest" });
  }

  override render(): TemplateResult {
    const { t } = this;
    const text = this.session.thread?.draft ?? "";
    const offered = this.offered(text);
    const at = Math.min(this.chosen, Math.max(0, (offered?.length ?? 1) - 1));
    return html`
      ${offered === null ? nothing : cannedList(offered, at, this.caseLanguage, t, (reply) => this.insertCanned(reply))}
      ${this.toFill && nextBlank(text) ? html`<p class="blank" role="alert">${icon("warning")}${t("reply.blank")}</p>` : nothing}
      <form @submit=${this.submit}>
        <textarea rows="1" maxlength=${limit} data-testid="reply" aria-label=${t("reply.label")} enterkeyhint="send"
          role="combobox" aria-expanded=${offered === null ? "false" : "true"} aria-controls="canned" aria-autocomplete="list"
          aria-activedescendant=${offered?.[at] ? `canned-${offered[at].id}` : nothing}
          placeholder=${t("reply.placeholder")} .value=${text} @input=${this.typed} @keydown=${this.pressed}></textarea>
        <button class="button main" data-testid="send-reply" aria-disabled=${text.trim() ? "false" : "true"}>
          ${icon("send")}${t("reply.send")}
        </button>
      </form>
      ${text.length >= countFrom
        ? html`<p class="label left numbers" role="status">${t("reply.left", { count: limit - text.length })}</p>`
        : nothing}`;
  }

  private get caseLanguage(): "zh" | "en" {
    return this.session.thread?.facts.language ?? this.language;
  }

  private offered(text: string): CannedReply[] | null {
    const word = cannedQuery(text);
    if (word === null || text === this.putAway) return null;
    return matching(this.session.canned, word, this.caseLanguage);
  }

  private insertCanned(reply: CannedReply): void {
    const { session, caseLanguage } = this;
    const agent = session.staff && typeof session.staff === "object" ? session.staff.name : "";
    const known = { agent, bank: this.t("bank.name"), case: (session.selected ?? "").slice(-caseIdLength) };
    const text = filled(reply.text[caseLanguage], known).slice(0, limit);
    const blank = nextBlank(text);
    this.put(text, blank?.start ?? text.length, blank?.end);
  }

  private put(text: string, start: number, end = start): void {
    this.session.write(text);
    this.chosen = 0;
    this.toFill = false;
    void this.updateComplete.then(() => {
      this.box.focus();
      this.box.setSelectionRange(start, end);
      this.box.scrollTop = this.box.scrollHeight;
    });
  }

  private typed(): void {
    this.session.write(this.box.value);
    this.chosen = 0;
    if (this.box.value !== this.putAway) this.putAway = null;
    this.tellTyping(cannedQuery(this.box.value) === null);
    clearTimeout(this.typingTimer);
    this.typingTimer = setTimeout(() => this.tellTyping(false), idleMilliseconds);
  }

  private pressed(event: KeyboardEvent): void {
    const offered = this.offered(this.box.value);
    if (offered !== null && !event.isComposing && !event.altKey && this.pressedInList(event, offered)) return;
    const blank = event.key === "Tab" && !event.shiftKey ? nextBlank(this.box.value, this.box.selectionEnd) : null;
    if (blank) {
      event.preventDefault();
      this.box.setSelectionRange(blank.start, blank.end);
    } else if (isSendKey(event) && !event.altKey) {
      this.submit(event);
    }
  }

  /** Whether the list has used the key. */
  private pressedInList(event: KeyboardEvent, offered: CannedReply[]): boolean {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const reply = offered[Math.min(this.chosen, offered.length - 1)];
    if (step !== undefined && offered.length > 0) this.chosen = (this.chosen + step + offered.length) % offered.length;
    else if (event.key === "Escape") this.putAway = this.box.value;
    else if ((event.key === "Tab" || isSendKey(event)) && reply) this.insertCanned(reply);
    else return false;
    event.preventDefault();
    event.stopPropagation();
    return true;
  }

  private submit(event: Event): void {
    event.preventDefault();
    const blank = nextBlank(this.box.value);
    this.toFill = blank !== null;
    if (blank) {
      this.box.focus();
      this.box.setSelectionRange(blank.start, blank.end);
      return;
    }
    this.session.reply(this.box.value);
    clearTimeout(this.typingTimer);
    this.tellTyping(false);
    this.box.focus();
  }

  private tellTyping(active: boolean): void {
    if (this.typing === active) return;
    this.typing = active;
    this.session.tellTyping(active);
  }
}
