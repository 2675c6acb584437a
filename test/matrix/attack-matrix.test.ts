/**
 * Every kind that the API server serves, with every verb and subresource, in every name: each attempt on what Git declares is
 * refused, forbidden before it reaches Holdfast, or explained by a rule.
 */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, describe, it } from 'node:test';
import { ERRORS } from '../../src/errors.ts';
import { useCluster } from '../support/cluster/use-cluster.ts';
import { askAboutEverything } from '../support/matrix/ask-everything.ts';
import { EXPLANATIONS, IMPOSSIBLE, NOT_FOR_ALL } from '../support/matrix/explanations.ts';
import { describeCell, formatKubectl } from '../support/matrix/format-cell.ts';
import { startMatrixCluster } from '../support/matrix/matrix-cluster.ts';
import { sendCells } from '../support/matrix/send-cells.ts';
import type { JudgedCell } from '../support/matrix/send-cells.ts';

/** Two lines each; what is behind them is often one cause. */
const SHOWN_MAX = 40;
const SECURITY = readFileSync(join(import.meta.dirname, '..', '..', 'SECURITY.md'), 'utf8');

describe('the attack matrix', () => {
  const world = useCluster(startMatrixCluster);
  let judged: readonly JudgedCell[] = [];

  before(async () => {
    const { cluster, acts, identities } = world();
    const cells = identities.flatMap((identity) =>
      acts
        .filter(({ what }) => identity.role !== 'control plane' || !NOT_FOR_ALL.has(what))
        .map((act) => ({ identity, act })),
    );
    judged = await sendCells(cluster, cells);
  });

  it('tries only what the API server would do', () => {
    const failed = world().unguarded.filter(({ outcome }) => outcome.kind !== 'allowed');
    assertNone(failed.filter((cell) => !IMPOSSIBLE.some(({ explains }) => explains(cell))));
  });

  it('has each attempt refused, or explained', () => {
    const passed = judged.filter(({ outcome }) => outcome.kind === 'allowed');
    assertNone(passed.filter((cell) => !EXPLANATIONS.some(({ explains }) => explains(cell))));
  });

  it('has no attempt that failed for another reason', () => {
    const broken = judged.filter(({ outcome }) => outcome.kind === 'impossible');
    assertNone(broken.filter((cell) => !IMPOSSIBLE.some(({ explains }) => explains(cell))));
  });

  for (const { rule, explains, told } of EXPLANATIONS) {
    it(`needs the rule "${rule}"`, () => {
      assert.ok(judged.some((cell) => cell.outcome.kind === 'allowed' && explains(cell)));
    });

    if (told === undefined) continue;
    it(`has "${rule}" told in SECURITY.md`, () => {
      assert.ok(SECURITY.includes(told), told);
    });
  }

  it('is refused by policies, never because Holdfast failed', () => {
    const failed = judged.filter(
      ({ outcome }) =>
        outcome.kind === 'refused' &&
        outcome.findings.every((finding) => Object.hasOwn(ERRORS, finding.split(' by ')[0] ?? '')),
    );
    assertNone(failed);
  });

  // The last one: it changes the registration.
  it('lets no name of the control plane do unseen what it may not do when it is seen', async () => {
    const { cluster } = world();
    const passed = judged.filter(
      ({ identity, act, outcome }) =>
        ['control plane', 'node'].includes(identity.role) &&
        outcome.kind === 'allowed' &&
        !act.isConnection &&
        act.target.resource.group !== 'admissionregistration.k8s.io',
    );
    await askAboutEverything(cluster);
    const seen = await sendCells(cluster, passed);
    assertNone(seen.filter(({ outcome }) => outcome.kind === 'refused'));
  });
});

function assertNone(cells: readonly JudgedCell[]): void {
  const lines = cells
    .slice(0, SHOWN_MAX)
    .map(
      (cell) => `${describeCell(cell)}: ${JSON.stringify(cell.outcome)}\n  ${formatKubectl(cell)}`,
    );
  assert.equal(cells.length, 0, `${String(cells.length)} attempts:\n${lines.join('\n')}`);
}
