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
  /** Where it was looked at: an object, a key of the configuration. */
  readonly place: string;
  readonly findings: readonly Finding[];
}

/** A value of the cluster that could not be read is a finding of its own: it is not taken for absent. */
export type Read<Value> =
  { readonly status: 'read'; readonly value: Value } | ({ readonly status: 'unreadable' } & Unread);

/** Why something was not read. */
export interface Unread {
  readonly reason: string;
  /** Whoever runs it has no right to see it. */
  readonly isForbidden?: boolean | undefined;
}

/** The finding for what could not be read. */
export function unreadable(what: string, { reason, isForbidden = false }: Unread): Finding {
  if (isForbidden) {
    return {
      code: 'not_looked_at',
      status: 'unknown',
      message: `${what} was not looked at: ${reason}`,
      remedy:
        'Grant it (rbac.doctor of the chart grants all that is looked at), or run it as somebody who may',
    };
  }
  return {
    code: 'unreadable',
    status: 'unknown',
    message: `${what} cannot be read: ${reason}`,
    remedy: 'Run it again as somebody who may read it, or inside the cluster',
  };
}
