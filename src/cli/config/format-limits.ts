/** The table of limits, for people and for programs. */
import { LIMITS } from '../../config/limits.ts';
import type { Limit } from '../../settings/limit.ts';

export type ListedLimit = { readonly key: string } & Limit;

/** Every limit, in the order of the table. */
export function listLimits(): readonly ListedLimit[] {
  return Object.entries(LIMITS).map(([key, row]) => Object.assign({ key }, row));
}

/** One block for each limit: the numbers, the reason, and the overflow behaviour. */
export function formatLimits(): string {
  return listLimits().map(formatLimit).join('\n\n');
}

function formatLimit({
  key,
  minimum,
  maximum,
  unit,
  reason,
  overflow,
  metric,
  ...row
}: ListedLimit): string {
  const range = minimum === maximum ? 'fixed' : `${minimum} to ${maximum}`;
  return [
    `${key}: ${row.default} ${unit} (${range})`,
    `  why     ${reason}`,
    `  beyond  ${overflow}`,
    `  metric  ${metric}`,
  ].join('\n');
}
