/**
 * A row of the table of limits. Each row is in the `settings.ts` of its feature; `config/limits.ts` combines them, and
 * the schema takes its bounds and defaults from the rows.
 */
import { z } from 'zod';

export type LimitUnit =
  'bytes' | 'milliseconds' | 'characters' | 'levels' | 'pages' | 'items' | 'percent';

/**
 * A row whose minimum is its maximum is fixed: it protects the configuration itself, or there is no need to
 * change it.
 */
export interface Limit {
  readonly default: number;
  readonly minimum: number;
  readonly maximum: number;
  readonly unit: LimitUnit;
  /** Why this number. */
  readonly reason: string;
  /** What happens when it is exceeded. */
  readonly overflow: string;
  /** The metric that counts or shows it; `none` if a running process cannot reach it. */
  readonly metric: string;
}

/** Rows by their path in the configuration file. */
export type LimitRows = Readonly<Record<string, Limit>>;

/** In bytes. */
export const KIB = 1024;
/** In bytes. */
export const MIB = 1024 * KIB;
/** In bytes. */
export const GIB = 1024 * MIB;
/** In milliseconds. */
export const SECOND = 1000;
/** In milliseconds. */
export const MINUTE = 60 * SECOND;
/** In milliseconds. */
export const HOUR = 60 * MINUTE;
/** In milliseconds. */
export const DAY = 24 * HOUR;

/** A whole number with the bounds and the default of its row. */
export function limit(row: Pick<Limit, 'default' | 'minimum' | 'maximum'>) {
  return z.int().min(row.minimum).max(row.maximum).default(row.default);
}

/** A row that cannot be configured. */
export function fixedLimit(
  value: number,
  row: Pick<Limit, 'unit' | 'reason' | 'overflow'> & Partial<Pick<Limit, 'metric'>>,
): Limit {
  return { default: value, minimum: value, maximum: value, metric: 'none', ...row };
}
