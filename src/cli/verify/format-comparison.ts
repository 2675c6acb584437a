/** How a comparison with a commit is printed. */
import { printable } from '../../base/printable.ts';
import type { VerifiedManifest } from '../../source/manifest-verifier.ts';

export interface ComparedResult {
  /** `apps/v1`. */
  readonly apiVersion: string;
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  readonly verified: VerifiedManifest;
}

/** A line for the object, and below it what differs. */
export function formatComparison(result: ComparedResult): string {
  const { kind, namespace, name, verified } = result;
  const place = namespace === '' ? name : `${namespace}/${name}`;
  const status = verified.status === 'known' ? verified.fact.status : 'unavailable';
  return [`${kind} ${place}: ${status}`, ...detailsOf(verified)]
    .map((line) => printable(line))
    .join('\n');
}

/** One JSON object on one line, for scripts. */
export function formatComparisonJson({ verified, ...object }: ComparedResult): string {
  const { status, ...details } =
    verified.status === 'known'
      ? verified.fact
      : { status: 'unavailable', reason: verified.reason };
  return JSON.stringify({ ...object, status, ...details });
}

function detailsOf(verified: VerifiedManifest): readonly string[] {
  if (verified.status === 'unavailable') return [`  ${verified.reason}`];
  const { paths, kept, reason } = verified.fact;
  return [
    ...(reason === undefined ? [] : [`  ${reason}`]),
    ...paths.map((path) => `  ${path}`),
    ...kept.map((path) => `  ${path} (differed before the request)`),
  ];
}
