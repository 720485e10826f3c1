import { css, html, nothing, type TemplateResult } from "lit";
import { foundation } from "../shared/foundation.ts";
import type { Observable } from "../shared/observable.ts";
import type { Origin } from "./asked.ts";
import { EditorPart } from "./editor-part.ts";
import { editorStyles } from "./editor-styles.ts";
import { diffStyles, entryDiff } from "./entry-diff.ts";
import type { Revision } from "./knowledge.ts";
import { failure, moment, skeletons, statusMark } from "./marks.ts";

/** What was said about the open entry, and its revisions; one that is looked at is set against what is written now. */
export class EntryHistory extends EditorPart {
  static override styles = [foundation, editorStyles, diffStyles, css`
    .sides {
      display: grid;
      grid-template-columns: repeat(auto-fit, minmax(280px, 1fr));
      gap: var(--space-4);
    }
    h3 {
      margin-block-end: var(--space-1);
    }
    li {
      display: flex;
      flex-wrap: wrap;
      align-items: center;
      gap: var(--space-1) var(--space-2);
      min-height: var(--target-dense);
      border-block-end: 1px solid var(--line);
    }
    li > .label {
      flex: 1 1 100%;
      order: 1;
      margin-block-end: var(--space-1);
    }
    li .button {
      margin-inline-start: auto;
    }
    .mark {
      background: var(--paper);
    }
    .shown {
      margin-block-start: var(--space-3);
    }
  `];

  private loaded = "";

  protected override observables(): readonly Observable[] {
    return [this.session.talk, this.session.open];
  }

  override render(): TemplateResult {
    const { t, session } = this;
    const { talk } = session;
    if (talk.state === "loading") return skeletons(t("history.loading"), 2);
    if (talk.state === "unreachable") return failure(t("app.unreachable"), t, () => this.load(true));
    return html`<div class="sides">
      <section><h3>${t("comments.title")}</h3>
        <editor-comments .comments=${talk.comments} .say=${(text: string) => talk.say(text)} .t=${t}></editor-comments></section>
      <section><h3>${t("history.title")}</h3>
        <ol class="plain">${talk.revisions.map((revision) => this.row(revision))}</ol></section>
      ${talk.origins.length > 0
        ? html`<section><h3>${t("origins.title")}</h3><ul class="plain">${talk.origins.map((origin) => this.origin(origin))}</ul></section>`
        : nothing}
    </div>
    ${talk.shown
      ? html`<div class="shown">${entryDiff(talk.shown.content, session.open.content,
          [t("revision.number", { number: talk.shown.revision }), t("history.now")], t)}</div>`
      : nothing}`;
  }

  override updated(): void {
    this.load(false);
  }

  private row({ revision, status, author, created_at, reviewer }: Revision): TemplateResult {
    const { t, session } = this;
    const isShown = session.talk.shown?.revision === revision;
    return html`<li>
      <span class="numbers">${t("revision.number", { number: revision })}</span>${status === "archived" ? html`<span class="mark archived">${t("revision.archived")}</span>` : statusMark(status, t)}
      <span class="label numbers">${author} · ${moment(created_at)}${reviewer ? ` · ${t("history.reviewer", { reviewer })}` : nothing}</span>
      <button type="button" class="button bare" aria-pressed=${isShown ? "true" : "false"}
        @click=${() => void session.talk.look(isShown ? null : revision)}>${t("history.compare")}</button>
    </li>`;
  }

  /** The conversation is named to whoever may read it. */
  private origin({ kind, revision, question, by, at, suggestion_id, conversation_id, seq }: Origin): TemplateResult {
    const { t } = this;
    return html`<li data-testid="origin"><span class="mark">${t(`origin.${kind}`)}</span>
      <span>${question}</span>
      <span class="label numbers">${t("revision.number", { number: revision })} · ${by} · ${moment(at)}</span>
      ${suggestion_id === null ? nothing : html`<span class="label numbers">${t("origin.number", { number: suggestion_id })}</span>`}
      ${conversation_id === null ? nothing : html`<span class="code">${t("origin.conversation", { id: conversation_id, seq: seq ?? 0 })}</span>`}
    </li>`;
  }

  private load(again: boolean): void {
    const { base } = this.session.open;
    const wanted = base ? `${base.id} ${base.revision} ${base.status}` : "";
    if (!base || (wanted === this.loaded && !again)) return;
    this.loaded = wanted;
    void this.session.talk.load(base.id);
  }
}
