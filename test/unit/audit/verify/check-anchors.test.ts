import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  checkAnchors,
  createAnchorLedger,
  listMissing,
} from '../../../../src/audit/verify/check-anchors.ts';
import { createFindingList } from '../../../../src/audit/verify/verification-finding.ts';
import type { Anchor } from '../../../../src/audit/verify/read-anchors.ts';

/** A chain of ten entries from 4 on, where the hash of entry n is `hn`. */
function compare(anchors: readonly Anchor[]) {
  const ledger = createAnchorLedger(anchors);
  const findings = createFindingList(10);
  let reached = 3;
  const verifier = {
    holds: (sequence: number, hash: string) => sequence <= reached && hash === `h${sequence}`,
    get lastSequence() {
      return reached;
    },
  };
  const { report } = findings;
  const check = checkAnchors(ledger, { chain: 'c', firstSequence: 4, verifier, report });
  for (; reached < 10; reached += 1) check.reached('f');
  check.end('f');
  return {
    findings: findings.shown().map(({ kind, sequence }) => `${kind} ${sequence ?? ''}`),
    missing: listMissing(ledger).length,
  };
}

for (const [name, anchors, expected] of [
  ['none', [], { findings: [], missing: 0 }],
  ['a held hash', [{ chain: 'c', sequence: 7, hash: 'h7' }], { findings: [], missing: 0 }],
  ['a held hash of no named chain', [{ sequence: 7, hash: 'h7' }], { findings: [], missing: 0 }],
  [
    'another hash',
    [{ chain: 'c', sequence: 7, hash: 'x' }],
    { findings: ['changed 7'], missing: 0 },
  ],
  ['another hash of no named chain', [{ sequence: 7, hash: 'x' }], { findings: [], missing: 1 }],
  [
    'a later entry',
    [{ chain: 'c', sequence: 12, hash: 'h' }],
    { findings: ['truncated 11'], missing: 0 },
  ],
  ['a later entry of no named chain', [{ sequence: 12, hash: 'h' }], { findings: [], missing: 1 }],
  ['another chain', [{ chain: 'd', sequence: 7, hash: 'h7' }], { findings: [], missing: 1 }],
  [
    'an entry before all',
    [{ chain: 'c', sequence: 2, hash: 'h2' }],
    { findings: ['anchor-unused '], missing: 0 },
  ],
] as const) {
  test(`anchors: ${name}`, () => {
    assert.deepEqual(compare(anchors), expected);
  });
}
