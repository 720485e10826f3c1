import { css, html, nothing, type TemplateResult } from "lit";
import { foundation } from "../shared/foundation.ts";
import { icon } from "../shared/icons.ts";
import type { Observable } from "../shared/observable.ts";
import { EditorPart } from "./editor-part.ts";
import { editorStyles } from "./editor-styles.ts";
import type { AuditLine, AuditQuery } from "./knowledge.ts";
import { failure, moment, skeletons } from "./marks.ts";

const fields: readonly [keyof AuditQuery, "text" | "date"][] = [["who", "text"], ["subject", "text"], ["since", "date"], ["until", "date"]];

/** What is written of staff, knowledge and teams; an action that is not named here stands for itself. */
const actions = [
  "entry.saved", "entry.submitted", "entry.returned", "entry.commented", "entry.approved", "entry.withdrawn", "entry.imported",
  "entry.loaded", "entry.drafted_from_reply", "release.published", "import.applied", "suggestion.accepted", "suggestion.drafted",
  "suggestion.dismissed", "suggestion.reopened", "expression.put", "expression.deleted", "staff.signed_in", "staff.created",
  "team.changed", "team.removed", "agent.changed",
] as const;

/** Who did what to what, and when, for those who answer for it. */
export class AuditView extends EditorPart {
  static override styles = [foundation, editorStyles, css`
    :host {
      height: 100%;
      overflow-y: auto;
      background: var(--paper-sunken);
    }
    .page {
      display: grid;
      grid-template-columns: minmax(0, 1fr);
      gap: var(--space-4);
      max-width: 1200px;
      margin: 0 auto;
      padding: var(--space-4);
    }
    .filters {
      display: flex;
      flex-wrap: wrap;
      gap: var(--space-2) var(--space-3);
    }
    .filters label {
      flex: 0 1 168px;
    }
    @media (max-width: 640px) {
      .filters label {
        flex: 1 1 140px;
      }
    }
    .table {
      overflow-x: auto;
      background: var(--paper);
    }
    table {
      width: 100%;
      min-width: 720px;
      border-collapse: collapse;
    }
    th,
    td {
      padding: var(--space-1) var(--space-2);
      border-block-end: 1px solid var(--line);
      text-align: start;
      vertical-align: top;
      overflow-wrap: anywhere;
    }
    th {
      color: var(--ink-quiet);
      font-size: var(--text-xs);
      font-weight: 400;
    }
  `];

  protected override observables(): readonly Observable[] {
    return [this.session.audit];
  }

  override render(): TemplateResult {
    const { session, t } = this;
    return html`<div class="page"><h2>${t("audit.title")}</h2>
      ${session.mayAudit ? html`${this.filters()}${this.lines()}` : html`<p class="banner">${icon("lock")}<span>${t("audit.locked")}</span></p>`}</div>`;
  }

  private filters(): TemplateResult {
    const { audit } = this.session;
    const chosen = (name: keyof AuditQuery) => (event: Event) => void audit.choose({ [name]: (event.target as HTMLInputElement).value.trim() });
    return html`<div class="filters"><label class="label">${this.t("audit.action")}
        <select data-testid="audit-action" @change=${chosen("action")}><option value="" ?selected=${audit.query.action === ""}>${this.t("audit.all")}</option>
          ${actions.map((action) => html`<option value=${action} ?selected=${audit.query.action === action}>${this.nameOf(action)}</option>`)}</select></label>
      ${fields.map(([name, type]) => html`<label class="label">${this.t(`audit.${name}`)}
        <input type=${type} data-testid=${`audit-${name}`} .value=${audit.query[name]} @change=${chosen(name)} /></label>`)}</div>`;
  }

  private lines(): TemplateResult {
    const { t } = this;
    const { audit } = this.session;
    if (audit.state === "loading") return skeletons(t("audit.loading"), 4);
    if (audit.state === "unreachable") return failure(t("app.unreachable"), t, () => void audit.load());
    if (audit.lines.length === 0) return html`<p class="empty">${t("audit.empty")}</p>`;
    return html`<div class="table" tabindex="0" role="region" aria-label=${t("audit.title")}><table>
        <thead><tr>${["at", "who", "action", "subject", "detail"].map((name) => html`<th scope="col">${t(`audit.${name}`)}</th>`)}</tr></thead>
        <tbody>${audit.lines.map((line) => this.line(line))}</tbody></table></div>
      ${audit.more
        ? html`<button type="button" class="button" data-testid="audit-more" aria-disabled=${audit.busy ? "true" : "false"} @click=${() => void audit.loadMore()}>${t("audit.more")}</button>`
        : nothing}`;
  }

  private nameOf(action: string): string {
    const key = action.replace(".", "_");
    return this.named(`action.${key}`, action);
  }

  /** The text of the key, or the code itself where there is none. */
  private named(key: string, code: string): string {
    const name = this.t(key);
    return name === key ? code : name;
  }

  private line({ at, who, action, subject, detail }: AuditLine): TemplateResult {
    const known = Object.entries(detail).filter(([, value]) => value !== "" && value !== null);
    const said = known.map(([name, value]) => this.t("audit.part", { name: this.named(`detail.${name}`, name), value: typeof value === "string" ? value : JSON.stringify(value) }));
    return html`<tr data-testid="audit-line"><td class="numbers">${moment(at)}</td><td>${who}</td>
      <td title=${action}>${this.nameOf(action)}</td><td class="code">${subject}</td><td>${said.join(" · ")}</td></tr>`;
  }
}
