import { css, html, nothing, type TemplateResult } from "lit";
import { foundation } from "../shared/foundation.ts";
import { icon } from "../shared/icons.ts";
import type { Observable } from "../shared/observable.ts";
import { EditorPart } from "./editor-part.ts";
import { editorStyles } from "./editor-styles.ts";
import { diffStyles, entryDiff } from "./entry-diff.ts";
import type { Change, Release } from "./knowledge.ts";
import { failure, moment, skeletons } from "./marks.ts";

/** Every release, what changed in it, and the way back to it. */
export class ReleasesView extends EditorPart {
  static override styles = [foundation, editorStyles, diffStyles, css`
    :host {
      display: grid;
      grid-template-columns: 360px minmax(0, 1fr);
      grid-template-rows: minmax(0, 1fr);
      height: 100%;
    }
    .list {
      display: flex;
      flex-direction: column;
      min-height: 0;
      border-inline-end: 1px solid var(--line);
      background: var(--paper);
    }
    header {
      display: flex;
      flex: none;
      flex-wrap: wrap;
      align-items: center;
      gap: var(--space-1) var(--space-2);
      min-height: 48px;
      padding: 6px var(--space-4);
      border-block-end: 1px solid var(--line);
      background: var(--paper);
    }
    header label {
      display: flex;
      flex: none;
      align-items: center;
      gap: var(--space-2);
      white-space: nowrap;
    }
    header a {
      display: inline-flex;
      align-items: center;
      min-height: var(--target-dense);
      margin-inline-start: auto;
    }
    header input {
      width: auto;
    }
    .list > ol {
      flex: 1;
      min-height: 0;
      overflow-y: auto;
    }
    .list li {
      border-block-end: 1px solid var(--line);
    }
    .list li button {
      display: grid;
      gap: 2px;
      width: 100%;
      min-height: 54px;
      align-content: center;
      padding: var(--space-1) var(--space-4);
      border: 0;
      background: none;
      line-height: 1.5;
      text-align: start;
    }
    .list li button[aria-current="true"] {
      background: var(--accent-soft);
      box-shadow: inset 3px 0 var(--accent-text);
    }
    .list li button:focus-visible {
      outline: 2px solid var(--accent-text);
      outline-offset: -2px;
      box-shadow: none;
    }
    .list li .more {
      color: var(--accent-text);
    }
    .comment {
      overflow: hidden;
      text-overflow: ellipsis;
      white-space: nowrap;
    }
    .foot {
      display: flex;
      flex-wrap: wrap;
      align-items: center;
      gap: var(--space-1) var(--space-2);
    }
    .work {
      min-height: 0;
      overflow-y: auto;
      background: var(--paper-sunken);
    }
    .name {
      flex: 1 1 160px;
      min-width: 0;
    }
    .changes {
      display: grid;
      gap: var(--space-2);
      padding: var(--space-3) var(--space-4) var(--space-6);
    }
    .changes li {
      display: grid;
      gap: var(--space-2);
      padding: var(--space-2) var(--space-3);
      border: 1px solid var(--line);
      border-radius: var(--radius-small);
      background: var(--paper);
    }
    .change {
      display: flex;
      flex-wrap: wrap;
      align-items: center;
      gap: var(--space-1) var(--space-2);
    }
    .change .code {
      flex: 1;
    }
    .back {
      display: none;
    }
    @media (max-width: 1039.98px) {
      :host {
        grid-template-columns: minmax(0, 1fr);
      }
      .list {
        border: 0;
      }
      :host([looking]) .list,
      :host(:not([looking])) .work {
        display: none;
      }
      .back {
        display: inline-flex;
      }
    }
  `];

  protected override observables(): readonly Observable[] {
    return [this.session.releases];
  }

  override willUpdate(): void {
    this.toggleAttribute("looking", this.session.route.item !== null);
  }

  override render(): TemplateResult {
    const { session, t } = this;
    const { releases } = session;
    return html`
      <section class="list" aria-label=${t("releases.title")}>
        <header><h2 class="name">${t("releases.title")}</h2>
          <label class="label">${t("releases.on")} <input type="date" data-testid="releases-on" .value=${releases.on}
            @change=${(event: Event) => void releases.show((event.target as HTMLInputElement).value)} /></label>
          ${session.mayAudit ? html`<a data-testid="audit" href="#/audit">${t("audit.title")}</a>` : nothing}</header>
        ${releases.state === "loading" ? skeletons(t("releases.loading"), 4) : nothing}
        ${releases.state === "unreachable" ? failure(t("app.unreachable"), t, () => void releases.load()) : nothing}
        ${releases.state === "ready"
          ? releases.releases.length === 0
            ? html`<p class="empty">${t(releases.on ? "releases.on.empty" : "releases.empty")}</p>`
            : html`<ol class="plain">${releases.releases.map((release) => this.row(release))}
                ${releases.more
                  ? html`<li><button type="button" class="more" data-testid="releases-more" aria-disabled=${releases.busy ? "true" : "false"}
                      @click=${() => void releases.loadMore()}>${t("releases.more")}</button></li>`
                  : nothing}</ol>`
          : nothing}
      </section>
      <section class="work">${this.work()}</section>`;
  }

  private row(release: Release): TemplateResult {
    const { session, t } = this;
    return html`<li><button type="button" data-testid="release" data-id=${release.id} aria-current=${session.releases.opened === release.id ? "true" : "false"}
      @click=${() => session.go({ item: String(release.id) })}>
      <span class="comment">${release.comment || t("releases.no_comment")}</span>
      <span class="foot"><span class="numbers">${t("releases.number", { number: release.id })}</span>
        ${release.id === session.releases.live ? html`<span class="mark published">${t("releases.live")}</span>` : nothing}
        <span class="label numbers">${release.published_by} · ${moment(release.published_at)}</span></span>
    </button></li>`;
  }

  private work(): TemplateResult {
    const { session, t } = this;
    const { releases } = session;
    if (releases.opened === null) return html`<p class="empty">${t("releases.none")}</p>`;
    const { release } = releases;
    const isLive = releases.opened === releases.live;
    return html`<header>
        <button type="button" class="button bare square back" aria-label=${t("releases.back")} @click=${() => session.go({ item: null })}>${icon("back")}</button>
        <div class="name"><h2>${t("releases.number", { number: releases.opened })}</h2>
          ${release ? html`<p class="label">${release.comment}</p><p class="label numbers">${release.published_by} · ${moment(release.published_at)}</p>` : nothing}</div>
        ${isLive
          ? html`<span class="mark published">${t("releases.live")}</span>`
          : session.mayReview && release
            ? html`<button type="button" class="button danger" data-testid="restore" aria-disabled=${releases.busy ? "true" : "false"}
                @click=${() => void this.restore(release)}>${t("releases.restore")}</button>`
            : nothing}
      </header>
      ${this.changes()}`;
  }

  private changes(): TemplateResult {
    const { t } = this;
    const { releases } = this.session;
    if (releases.changes === "loading") return skeletons(t("releases.changes.loading"), 3);
    if (releases.changes === "unreachable") return failure(t("app.unreachable"), t, () => void releases.open(releases.opened));
    if (releases.changes.length === 0) return html`<p class="empty">${t("releases.changes.empty")}</p>`;
    return html`<ul class="plain changes">${releases.changes.map((change) => this.change(change))}</ul>`;
  }

  private change(change: Change): TemplateResult {
    const { t } = this;
    const { releases } = this.session;
    const seen = releases.comparisons[change.entry_id];
    const kinds = { added: "new", changed: "changed", withdrawn: "error" };
    return html`<li data-testid="change" data-id=${change.entry_id}>
      <div class="change"><span class="mark ${kinds[change.kind]}">${t(`change.${change.kind}`)}</span>
        <a class="code" href=${`#/entries/${encodeURIComponent(change.entry_id)}`}>${change.entry_id}</a>
        <span class="label numbers">${change.before ?? "–"} → ${change.revision ?? "–"}</span>
        ${seen ? nothing : html`<button type="button" class="button" @click=${(event: Event) => this.look(event, change)}>${t("releases.look")}</button>`}</div>
      ${seen === "loading" ? html`<div class="skeleton" role="status" aria-label=${t("releases.changes.loading")}>&nbsp;</div>` : nothing}
      ${seen === "unreachable" ? failure(t("app.unreachable"), t, () => void releases.compare(change)) : nothing}
      ${typeof seen === "object" ? entryDiff(seen.before, seen.after, [t("releases.before"), t("releases.after")], t) : nothing}
    </li>`;
  }

  /** The button goes; the focus stays in its row. */
  private look(event: Event, change: Change): void {
    (event.target as HTMLElement).closest("li")?.querySelector("a")?.focus();
    void this.session.releases.compare(change);
  }

  private async restore(release: Release): Promise<void> {
    const { session, t } = this;
    const comment = await this.ask({
      title: t("restore.title", { number: release.id }), about: t("restore.about"), confirm: t("restore.yes"), danger: true,
      comment: { label: t("restore.comment"), required: true },
    });
    if (comment === null) return;
    const made = await session.releases.restore(release.id, comment);
    if (made === null) return;
    session.go({ item: String(made) });
    void session.pages.refresh();
  }
}
