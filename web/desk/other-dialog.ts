import { css, html, type TemplateResult } from "lit";
import { state } from "lit/decorators.js";
import { icon } from "../shared/icons.ts";
import type { StaffMessage } from "../shared/protocol.ts";
import { DeskDialog } from "./dialogs.ts";
import { staffMessage, staffMessageStyles } from "./staff-message.ts";

/** Another conversation of the same customer, to be read. */
export class OtherDialog extends DeskDialog {
  static override styles = [...DeskDialog.styles, staffMessageStyles, css`
    dialog {
      width: min(640px, calc(100vw - var(--space-4)));
    }
    .log {
      display: grid;
      gap: var(--space-2);
    }
  `];

  @state() private messages: readonly StaffMessage[] | null | "loading" = "loading";

  async open(otherId: string): Promise<void> {
    this.messages = "loading";
    await this.show();
    this.messages = await this.session.other(otherId);
  }

  override render(): TemplateResult {
    const { t } = this;
    return html`<dialog aria-labelledby="title" data-testid="other-dialog"><form method="dialog">
      <header><h2 id="title">${t("other.title")}</h2>
        <button class="button bare square" aria-label=${t("canned.close")}>${icon("close")}</button></header>
      ${this.messages === "loading" ? html`<div class="skeleton" role="status" aria-label=${t("conversation.loading")}>&nbsp;</div>` : this.log(this.messages)}
    </form></dialog>`;
  }

  private log(messages: readonly StaffMessage[] | null): TemplateResult {
    const { t } = this;
    if (messages === null) return html`<p class="error" role="alert">${t("conversation.error")}</p>`;
    return html`<div class="log" tabindex="0" role="group" aria-label=${t("conversation.log")}>${messages.map((message) => message.kind === "notice"
      ? staffMessage(message, t)
      : html`<div class="group ${message.sender}"><p class="by">${message.sender_name ?? t(`sender.${message.sender}`)}</p>${staffMessage(message, t)}</div>`)}</div>`;
  }
}
