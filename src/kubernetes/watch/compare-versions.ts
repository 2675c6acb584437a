/** The order of resource versions. Source: KEP-5504, comparable resource versions: decimal numbers of any length. */

const DECIMAL = /^[1-9][0-9]*$/u;

/** Whether `known` is newer than `told`. False where they cannot be compared: then what is told last holds. */
export function isNewerVersion(known: string, told: string): boolean {
  if (!DECIMAL.test(known) || !DECIMAL.test(told)) return false;
  if (known.length !== told.length) return known.length > told.length;
  return known > told;
}
