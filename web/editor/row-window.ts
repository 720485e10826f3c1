/** The rows of a long list that are worth drawing: those in sight, and a few before and after. */
export function rowWindow(
  { top, height, rowHeight, count, spare }: { top: number; height: number; rowHeight: number; count: number; spare: number },
): { from: number; to: number } {
  const first = Math.floor(top / rowHeight) - spare;
  const last = Math.ceil((top + height) / rowHeight) + spare;
  const from = Math.min(Math.max(0, first), Math.max(0, count - 1));
  return { from: count === 0 ? 0 : from, to: Math.min(count, Math.max(from, last)) };
}

/** Where to scroll so that the row is in sight; the same place when it already is. */
export function scrollFor(
  { row, top, height, rowHeight }: { row: number; top: number; height: number; rowHeight: number },
): number {
  const [start, end] = [row * rowHeight, (row + 1) * rowHeight];
  if (start < top) return start;
  return end > top + height ? end - height : top;
}
