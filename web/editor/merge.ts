import { fields, isSame, keyOf, valueOf, withValue, type Field, type Value } from "./fields.ts";
import type { Entry, EntryView } from "./knowledge.ts";

export type Side = "mine" | "theirs" | "both";

/** Two people changed one entry: what it was before, what is written here, and what the other has stored. */
export interface Conflict {
  base: EntryView | null;
  mine: Entry;
  theirs: EntryView;
}

export interface Difference {
  field: Field;
  key: string;
  base: Value | undefined;
  mine: Value;
  theirs: Value;
  /** The side that alone has changed since the base; null where both have, and a person has to choose. */
  proposed: Side | null;
  /** Lists can keep what both sides have. */
  canJoin: boolean;
}

export function differences({ base, mine, theirs }: Conflict): Difference[] {
  return fields.flatMap((field) => {
    const [own, other] = [valueOf(mine, field), valueOf(theirs.content, field)];
    if (isSame(own, other)) return [];
    const before = base ? valueOf(base.content, field) : undefined;
    return [{
      field, key: keyOf(field), base: before, mine: own, theirs: other,
      proposed: proposedSide(before, own, other), canJoin: Array.isArray(own) && Array.isArray(other),
    }];
  });
}

/** The entry with the chosen side of every difference; null while one has not been chosen. */
export function merged(conflict: Conflict, chosen: Readonly<Record<string, Side>>): Entry | null {
  let entry = conflict.mine;
  for (const difference of differences(conflict)) {
    const side = chosen[difference.key] ?? difference.proposed;
    if (!side) return null;
    entry = withValue(entry, difference.field, valueAt(difference, side));
  }
  return entry;
}

function proposedSide(base: Value | undefined, mine: Value, theirs: Value): Side | null {
  if (base === undefined) return null;
  if (isSame(mine, base)) return "theirs";
  return isSame(theirs, base) ? "mine" : null;
}

function valueAt({ mine, theirs }: Difference, side: Side): Value {
  if (side === "mine") return mine;
  if (side === "theirs") return theirs;
  return [...new Set([...(theirs as readonly string[]), ...(mine as readonly string[])])];
}
