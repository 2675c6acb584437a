/** Counts, for people. */

/** `12,345 requests`. */
export function formatCount(count: number, one: string, many: string): string {
  return `${formatNumber(count)} ${count === 1 ? one : many}`;
}

/** `12,345`. */
export function formatNumber(count: number): string {
  return count.toLocaleString('en-US');
}
