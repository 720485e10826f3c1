import { type PropertyValues } from "lit";
import { query, state } from "lit/decorators.js";
import { styleMap } from "lit/directives/style-map.js";
import { EditorPart } from "./editor-part.ts";
import { rowWindow, scrollFor } from "./row-window.ts";

export const rowPixels = 54;
const aheadPixels = 800;
const spareRows = 6;

/** A part with a long list in an element of the class `rows`. Only the rows in sight are drawn, and more is read in time. */
export abstract class WindowedPart extends EditorPart {
  @state() protected top = 0;
  @state() private height = 800;
  @query(".rows") protected rows!: HTMLElement | null;
  private selected: string | null = null;
  private readonly resized = new ResizeObserver(() => (this.height = this.rows?.clientHeight ?? this.height));

  /** The ids of all rows that were read. */
  protected abstract ids(): readonly string[];

  /** Reads the next page, unless it is being read or there is none. */
  protected abstract readOn(): void;

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.resized.disconnect();
  }

  override updated(changed: PropertyValues): void {
    super.updated(changed);
    const { rows, session } = this;
    if (!rows) return;
    this.resized.observe(rows);
    this.top = rows.scrollTop;
    if (session.route.item !== this.selected) {
      this.selected = session.route.item;
      const row = this.ids().findIndex((id) => id === this.selected);
      if (row >= 0) this.showRow(row);
    }
    this.readAhead();
  }

  /** Which rows to draw, the room that the others take, and the row that Tab reaches. */
  protected inSight(): { from: number; to: number; room: ReturnType<typeof styleMap>; stop: string | undefined } {
    const ids = this.ids();
    const { from, to } = rowWindow({ top: this.top, height: this.height, rowHeight: rowPixels, count: ids.length, spare: spareRows });
    const shown = ids.slice(from, to);
    const { item } = this.session.route;
    const stop = item !== null && shown.includes(item) ? item : (shown[Math.ceil(this.top / rowPixels) - from] ?? shown[0]);
    return { from, to, stop, room: styleMap({ paddingBlockStart: `${from * rowPixels}px`, paddingBlockEnd: `${(ids.length - to) * rowPixels}px` }) };
  }

  /** One row is reached by Tab; the arrows, Home and End go on from there. */
  protected readonly keyed = async (event: KeyboardEvent): Promise<void> => {
    const ids = this.ids();
    const at = ids.indexOf((event.target as HTMLElement).dataset["id"] ?? "");
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: ids.length - 1 }[event.key];
    const id = to === undefined || at < 0 ? undefined : ids[to];
    if (to === undefined || id === undefined) return;
    event.preventDefault();
    this.showRow(to);
    await this.updateComplete;
    this.renderRoot.querySelector<HTMLElement>(`button[data-id="${CSS.escape(id)}"]`)?.focus({ preventScroll: true });
  };

  protected readonly scrolled = (): void => {
    if (!this.rows) return;
    this.top = this.rows.scrollTop;
    this.readAhead();
  };

  private readAhead(): void {
    const { rows } = this;
    if (rows && rows.scrollHeight - rows.scrollTop - rows.clientHeight < aheadPixels) this.readOn();
  }

  private showRow(row: number): void {
    if (!this.rows) return;
    this.rows.scrollTop = scrollFor({ row, top: this.rows.scrollTop, height: this.rows.clientHeight, rowHeight: rowPixels });
    this.top = this.rows.scrollTop;
  }
}
