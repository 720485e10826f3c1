export const views = ["entries", "suggestions", "review", "releases", "insight", "files", "audit"] as const;
export type View = (typeof views)[number];

export interface Filters {
  scenario: string;
  status: string;
  gap: string;
  validity: string;
  text: string;
}

export interface Route {
  view: View;
  /** The entry, the suggestion or the release that is open. */
  item: string | null;
  filters: Filters;
}

/** The item of an entry that has no id yet; no id can begin with a plus. */
export const newItem = "+";
export const noFilters: Filters = { scenario: "", status: "", gap: "", validity: "", text: "" };
const filterNames = ["scenario", "status", "gap", "validity", "text"] as const;

/** The place that an address's hash names, such as `#/entries/card-lost?status=draft`; the list for anything else. */
export function parseRoute(hash: string): Route {
  const [path = "", query = ""] = hash.replace(/^#\/?/, "").split("?", 2);
  const [view, item] = path.split("/", 2);
  const parameters = new URLSearchParams(query);
  const filters = { ...noFilters };
  for (const name of filterNames) filters[name] = parameters.get(name) ?? "";
  const known = views.find((name) => name === view);
  return { view: known ?? "entries", item: known && item ? decoded(item) : null, filters };
}

export function formatRoute({ view, item, filters }: Route): string {
  const parameters = new URLSearchParams();
  for (const name of filterNames) if (filters[name]) parameters.set(name, filters[name]);
  const query = view === "entries" ? parameters.toString() : "";
  const place = item === newItem ? `/${newItem}` : item ? `/${encodeURIComponent(item)}` : "";
  return `#/${view}${place}${query ? `?${query}` : ""}`;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
