/** What refused, as the API server passes it on: read from the last line of a denial, never from its sentences. */
import type { KubectlResult } from './kubectl.ts';

export interface Denial {
  /** Which webhook refused: `drift.holdfast.dev`. */
  readonly webhook: string;
  /** `managed_object_changed by gitops_only_writes`, in the order of the last line. */
  readonly findings: readonly string[];
  /** The name that Holdfast has been given for the cluster. */
  readonly cluster: string;
  /** What a person reads above that line: the only place where a test may look for words that are not Holdfast's own. */
  readonly lines: readonly string[];
}

const ANNOUNCEMENT =
  /admission webhook "(?<webhook>[^"]+)" denied the request: ?\n(?<message>[\s\S]*)/u;
/** The decision is a ULID: 26 characters of Crockford's base 32. */
const CLOSING = /^\((?<findings>.+), cluster (?<cluster>.+), decision [0-9A-HJKMNP-TV-Z]{26}\)$/u;

/** Reads the refusal from what kubectl printed; `undefined` where it was not refused by a webhook of ours. */
export function readDenial({ stderr }: Pick<KubectlResult, 'stderr'>): Denial | undefined {
  const announced = ANNOUNCEMENT.exec(stderr)?.groups;
  const lines = (announced?.['message'] ?? '').split('\n');
  // kubectl may add advice of its own after the last line.
  const end = lines.findIndex((line) => CLOSING.test(line));
  const closing = CLOSING.exec(lines[end] ?? '')?.groups;
  if (announced === undefined || closing === undefined) return undefined;
  return {
    webhook: announced['webhook'] ?? '',
    findings: (closing['findings'] ?? '').split(', '),
    cluster: closing['cluster'] ?? '',
    lines: lines.slice(0, end),
  };
}
