/** Which answers take back what was verified before. */
import type { PullScope } from './registry/pull-scope.ts';

/** What registries answer to a credential that may not read: some hide that there is something. */
const CREDENTIAL_CODES: ReadonlySet<string> = new Set(['image_access_denied', 'image_absent']);

/**
 * Whether an answer refutes what Pods of the same namespace have had verified. A refusal of one Pod's credentials does not: who
 * may make Pods there could otherwise take the verdicts of all others away, by a Pod without a pull secret.
 */
export function refutesVerified(
  answer: { readonly status: string; readonly code?: string | undefined },
  /** Whose credentials were shown; absent: the configured ones, which all share. */
  pullScope: PullScope | undefined,
): boolean {
  if (answer.status !== 'rejected') return false;
  return pullScope === undefined || !CREDENTIAL_CODES.has(answer.code ?? '');
}
