import { html, nothing, type TemplateResult } from "lit";
import { query, state } from "lit/decorators.js";
import { repeat } from "lit/directives/repeat.js";
import { foundation } from "../shared/foundation.ts";
import { langAttribute } from "../shared/i18n.ts";
import { icon } from "../shared/icons.ts";
import type { Observable } from "../shared/observable.ts";
import { suggestionStatuses, type AskedExample, type Suggestion } from "./asked.ts";
import { EditorPart } from "./editor-part.ts";
import { editorStyles } from "./editor-styles.ts";
import type { EntrySummary } from "./knowledge.ts";
import { failure, figure, moment, scenarioName, skeletons, titleOf } from "./marks.ts";
import { suggestionStyles } from "./suggestion-styles.ts";

const pauseMilliseconds = 250;

/** What customers asked in vain, the most asked first, and what an editor makes of it. */
export class SuggestionsView extends EditorPart {
  static override styles = [foundation, editorStyles, suggestionStyles];

  @state() private found: readonly EntrySummary[] = [];
  @query("#target") private target!: HTMLInputElement | null;
  private timer: ReturnType<typeof setTimeout> | undefined;

  protected override observables(): readonly Observable[] {
    return [this.session.suggestions];
  }

  override willUpdate(): void {
    this.toggleAttribute("looking", this.session.route.item !== null);
  }

  override render(): TemplateResult {
    const { session, t } = this;
    const { suggestions } = session;
    return html`
      <section class="list" aria-label=${t("suggestions.title")}>
        <header><h2>${t("suggestions.title")}</h2>
          <div class="kinds" role="group" aria-label=${t("suggestions.show")}>${suggestionStatuses.map((status) => html`
            <button type="button" class="button bare" data-testid=${`suggestions-${status}`} aria-pressed=${suggestions.status === status ? "true" : "false"}
              @click=${() => this.show(status)}>${t(`suggestions.${status}`)} <span class="label numbers">${figure(suggestions.statuses[status] ?? 0)}</span></button>`)}</div>
        </header>
        ${suggestions.state === "loading" ? skeletons(t("suggestions.loading"), 6) : nothing}
        ${suggestions.state === "unreachable" ? failure(t("app.unreachable"), t, () => void suggestions.load()) : nothing}
        ${suggestions.state === "ready" ? this.list() : nothing}
      </section>
      <section class="work" aria-label=${t("suggestions.one")}>${this.told()}${this.work()}</section>`;
  }

  private list(): TemplateResult {
    const { t } = this;
    const { suggestions } = this.session;
    if (suggestions.suggestions.length === 0) return html`<p class="empty">${t(`suggestions.empty.${suggestions.status}`)}</p>`;
    return html`<ol class="plain">
      ${repeat(suggestions.suggestions, ({ id }) => id, (each) => this.row(each))}
      ${suggestions.more === "error" ? html`<li>${failure(t("app.unreachable"), t, () => void suggestions.loadMore())}</li>` : nothing}
      ${suggestions.hasMore && suggestions.more !== "error"
        ? html`<li class="more"><button type="button" class="button" aria-disabled=${suggestions.more === "loading" ? "true" : "false"}
            @click=${() => void suggestions.loadMore()}>${t("suggestions.more")}</button></li>`
        : nothing}
    </ol>`;
  }

  private row(each: Suggestion): TemplateResult {
    const { session, t } = this;
    return html`<li class="row"><button type="button" data-testid="suggestion" data-id=${each.id}
      aria-current=${String(each.id) === session.route.item ? "true" : "false"} @click=${() => session.go({ item: String(each.id) })}>
      <span class="times numbers" title=${t("suggestions.times", { count: each.count })} aria-label=${t("suggestions.times", { count: each.count })}>${each.count}</span>
      <span class="text" lang=${langAttribute(each.language)}>${each.text}</span>
      <span class="foot label"><span>${scenarioName(each.scenario, t)}</span>
        ${each.nearest?.is_answered ? html`<span class="mark answer">${t("suggestions.answered")}</span>` : nothing}
        <span class="numbers">${moment(each.last_seen)}</span></span>
    </button></li>`;
  }

  private told(): TemplateResult | typeof nothing {
    const { session, t } = this;
    const { decision } = session.suggestions;
    if (!decision) return nothing;
    return html`<p class="banner good told" role="status" data-testid="decision">${icon("online")}
      <span>${decision.kind === "dismissed" ? t("decision.dismissed") : t(`decision.${decision.kind}`, { id: decision.draft.entry_id, number: decision.draft.revision })}</span>
      ${decision.kind === "dismissed"
        ? html`<button type="button" class="button" data-testid="undo" @click=${() => void session.suggestions.reopen(decision.id)}>${t("decision.undo")}</button>`
        : html`<button type="button" class="button" data-testid="open-draft" @click=${() => session.go({ view: "entries", item: decision.draft.entry_id })}>${t("decision.open")}</button>`}
      <button type="button" class="button bare square" aria-label=${t("app.dismiss")} @click=${() => session.suggestions.forgetDecision()}>${icon("close")}</button></p>`;
  }

  private work(): TemplateResult {
    const { session, t } = this;
    const open = session.suggestions.find(session.route.item);
    if (!open) return this.missing(session.route.item);
    const [first, last] = [moment(open.first_seen), moment(open.last_seen)];
    return html`<div class="open" data-testid="suggestion-open" data-id=${open.id}>
      <div class="actions"><button type="button" class="button bare square back" aria-label=${t("suggestions.back")} @click=${() => session.go({ item: null })}>${icon("back")}</button>
        <h2 lang=${langAttribute(open.language)}>${open.text}</h2></div>
      <p class="facts label numbers"><span>${t("suggestions.times", { count: open.count })}</span>
        <span>${first === last ? last : t("suggestions.span", { first, last })}</span>
        ${open.languages.map(({ id, count }) => html`<span class="mark">${t(`language.${id}`)} ${count}</span>`)}
        ${open.whys.map(({ id, count }) => html`<span class="mark">${t(`why.${id}`)} ${count}</span>`)}</p>
      ${open.status === "open" ? this.decisions(open) : this.decided(open)}
      <div class="box"><h3>${t("suggestions.examples")}</h3>
        ${open.status === "open" && session.mayEdit ? html`<p class="label">${t("suggestions.examples.hint")}</p>` : nothing}
        <ul class="plain examples">${open.examples.map((example) => this.example(open, example))}</ul></div>
    </div>`;
  }

  private missing(item: string | null): TemplateResult {
    const { t } = this;
    const { suggestions } = this.session;
    if (item === null) return html`<p class="empty">${t("suggestions.none")}</p>`;
    switch (suggestions.missing(item)) {
      case "loading":
        return skeletons(t("suggestions.loading"), 3);
      case "unreachable":
        return failure(t("app.unreachable"), t, () => void suggestions.look(item));
      case "gone":
        return html`<p class="empty">${t("suggestions.gone")}</p>`;
    }
  }

  private example(open: Suggestion, { text, language, why, at }: AskedExample): TemplateResult {
    const { session, t } = this;
    const may = session.mayEdit && open.status === "open" && language === open.language;
    const isFirst = text === open.text;
    return html`<li>
      ${may
        ? html`<input type="checkbox" aria-label=${t("suggestions.add_too", { text })} ?disabled=${isFirst} .checked=${isFirst || session.suggestions.picked.has(text)}
            @change=${(event: Event) => session.suggestions.pick(text, (event.target as HTMLInputElement).checked)} />`
        : html`<span></span>`}
      <span lang=${langAttribute(language)}>${text}</span>
      <span class="label numbers">${t(`why.${why}`)} · ${moment(at)}</span></li>`;
  }

  private decisions(open: Suggestion): TemplateResult {
    const { session, t, language } = this;
    const { nearest } = open;
    const busy = session.suggestions.busy ? "true" : "false";
    const may = session.mayEdit;
    return html`${this.conflict(open)}
      <div class="box"><h3>${t("nearest.title")}</h3>
        ${nearest
          ? html`<div class="nearest"><span>${titleOf(nearest.questions, language, nearest.entry_id)}
                <a class="code" href=${`#/entries/${encodeURIComponent(nearest.entry_id)}`}>${nearest.entry_id}</a></span>
              <span class="numbers">${t("nearest.sure", { percent: Math.round(nearest.confidence * 100) })}</span>
              <span class="bar" aria-hidden="true"><span style=${`width:${Math.round(nearest.confidence * 100)}%`}></span></span></div>
            ${nearest.is_answered ? html`<p class="label">${t("nearest.answered")}</p>` : nothing}`
          : html`<p class="quiet">${t("nearest.none")}</p>`}
        ${may
          ? html`<div class="actions">
              ${nearest ? html`<button type="button" class="button main" data-testid="accept" aria-disabled=${busy} @click=${() => void session.decide("accept")}>${t("suggestions.accept")} <kbd>a</kbd></button>` : nothing}
              <button type="button" class="button" data-testid="draft" aria-disabled=${busy} @click=${() => void session.decide("draft")}>${icon("plus")}${t("suggestions.draft")} <kbd>n</kbd></button>
              <button type="button" class="button" data-testid="dismiss" aria-disabled=${busy} @click=${() => void session.decide("dismiss")}>${t("suggestions.dismiss")} <kbd>x</kbd></button></div>
            <div class="other"><input id="target" list="found" data-testid="target" aria-label=${t("suggestions.other")} placeholder=${t("suggestions.other")} autocomplete="off"
                @input=${this.typed} @keydown=${(event: KeyboardEvent) => event.key === "Enter" && !event.isComposing && this.acceptOther()} />
              <datalist id="found">${this.found.map(({ id, questions }) => html`<option value=${id}>${questions[language] ?? id}</option>`)}</datalist>
              <button type="button" class="button" data-testid="accept-other" aria-disabled=${busy} @click=${() => this.acceptOther()}>${t("suggestions.accept_other")}</button></div>`
          : html`<p class="label">${t("suggestions.locked")}</p>`}
      </div>`;
  }

  private conflict(open: Suggestion): TemplateResult | typeof nothing {
    const { session, t } = this;
    const { conflict } = session.suggestions;
    if (!conflict || conflict.id !== open.id) return nothing;
    const { entry_id: id, text } = conflict.nearer;
    return html`<p class="banner warning" role="alert" data-testid="conflict">${icon("warning")}
      <span>${t("conflict.about", { id, text, target: conflict.target })}</span>
      <button type="button" class="button" data-testid="accept-nearer" @click=${() => void session.decide("accept", id)}>${t("conflict.nearer")}</button>
      <button type="button" class="button" data-testid="accept-in-spite" @click=${() => void session.decide("accept", conflict.target, true)}>${t("conflict.in_spite")}</button></p>`;
  }

  private decided(open: Suggestion): TemplateResult {
    const { session, t } = this;
    return html`<p class="banner">${icon("information")}<span>${t(`decided.${open.status}`, { by: open.decided_by ?? "", at: open.decided_at ? moment(open.decided_at) : "" })}
        ${open.entry_id ? html`<a class="code" href=${`#/entries/${encodeURIComponent(open.entry_id)}`}>${open.entry_id}</a>` : nothing}</span>
      ${session.mayEdit ? html`<button type="button" class="button" data-testid="reopen" @click=${() => void session.suggestions.reopen(open.id)}>${t("suggestions.reopen")}</button>` : nothing}</p>`;
  }

  private show(status: Suggestion["status"]): void {
    this.session.go({ item: null });
    void this.session.suggestions.load(status);
  }

  private typed(): void {
    clearTimeout(this.timer);
    const text = this.target?.value.trim() ?? "";
    if (!text || this.found.some(({ id }) => id === text)) return;
    this.timer = setTimeout(() => void this.session.find(text).then((found) => (this.found = found)), pauseMilliseconds);
  }

  private acceptOther(): void {
    const id = this.target?.value.trim() ?? "";
    if (!id) return this.target?.focus();
    void this.session.decide("accept", id);
  }
}
