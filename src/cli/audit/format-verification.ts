/** The output of `holdfast audit verify`. */
import type { Anchor } from '../../audit/verify/read-anchors.ts';
import {
  VERIFICATION_FINDINGS,
  type VerificationFinding,
} from '../../audit/verify/verification-finding.ts';
import { printable } from '../../base/printable.ts';
import type { Verification } from '../../audit/verify/verify-journal.ts';

/** One journal as lines for a person. */
export function formatVerification(verification: Verification): string {
  const { name, faultCount, findings, chain } = verification;
  const shown = findings.filter(
    ({ kind }) => VERIFICATION_FINDINGS[kind].severity === 'fault',
  ).length;
  return [
    `${name}: ${faultCount === 0 ? 'ok' : countOf(faultCount, 'fault')}`,
    ...(chain === '' ? [] : describeExtent(verification)),
    ...findings.map(formatFinding),
    ...(faultCount > shown ? [`  … and ${faultCount - shown} more (--max-findings)`] : []),
  ]
    .map(printable)
    .join('\n');
}

/** Anchors that no verified journal contains. */
export function formatMissing(missing: readonly Anchor[], shownMax: number): string {
  const lines = missing.slice(0, shownMax).map(({ chain, sequence, hash }) => {
    const whose = chain === undefined ? '' : ` of chain ${chain}`;
    return printable(`  missing: entry ${sequence}${whose} with hash ${hash}`);
  });
  const count = countOf(missing.length, 'hash', 'hashes');
  return [
    `${count} known from elsewhere in none of these journals: give the journals of all replicas, else the entries were taken back`,
    ...lines,
  ].join('\n');
}

function describeExtent(verification: Verification): readonly string[] {
  const { chain, cluster, replica, entryCount, segmentCount, head } = verification;
  const { firstSequence, lastSequence, lastHash } = verification;
  const range = entryCount === 0 ? '' : ` (${firstSequence} to ${lastSequence})`;
  const signed =
    head === undefined
      ? 'no signed head fits'
      : `signed through entry ${head.sequence} at ${head.time} with key ${head.keyId}`;
  return [
    `  chain ${chain}, cluster "${cluster}", replica "${replica}"`,
    `  ${countOf(entryCount, 'entry', 'entries')}${range} in ${countOf(segmentCount, 'segment')}, ${signed}`,
    `  last hash ${lastHash}`,
  ];
}

function formatFinding({ kind, file, message }: VerificationFinding): string {
  const label = VERIFICATION_FINDINGS[kind].severity === 'note' ? `note (${kind})` : kind;
  return `  ${label}: ${file === '' ? '' : `${file}: `}${message}`;
}

function countOf(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`;
}
