/** What `holdfast doctor` finds: one sentence for each fact, and what to do where it is not as it should be. */

/**
 * - `ok`: as it should be
 * - `warning`: it works, and protects less than it could
 * - `failed`: it does not work, or does not protect
 * - `unknown`: nobody could tell from here
 */
export type FindingStatus = 'ok' | 'warning' | 'failed' | 'unknown';

export interface Finding {
  /** Stable, for scripts: `registration_absent`. */
  readonly code: string;
  readonly status: FindingStatus;
  readonly message: string;
  readonly remedy?: string | undefined;
}

/** The findings of one check. */
export interface CheckResult {
  readonly check: string;
  readonly findings: readonly Finding[];
}

/** A value of the cluster that could not be read is a finding of its own: it is not taken for absent. */
export type Read<Value> =
  | { readonly status: 'read'; readonly value: Value }
  | { readonly status: 'unreadable'; readonly reason: string };

/** The finding for what could not be read. */
export function unreadable(what: string, reason: string): Finding {
  return {
    code: 'unreadable',
    status: 'unknown',
    message: `${what} cannot be read: ${reason}`,
    remedy: 'Run it again as somebody who may read it, or inside the cluster',
  };
}
