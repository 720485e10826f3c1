/** Milliseconds to wait before the next try: doubling from half a second to 15 s, the last half of it by chance. */
export function backoffMilliseconds(failures: number, chance: number = Math.random()): number {
  const ceiling = Math.min(15_000, 500 * 2 ** Math.max(0, failures - 1));
  return ceiling / 2 + (ceiling / 2) * chance;
}
