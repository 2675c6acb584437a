import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  formatLineage,
  formatLineageJson,
  formatLineageTable,
} from '../../../../src/cli/lineage/format-lineage.ts';
import type { CollectedLineage } from '../../../../src/compose/collect-lineages.ts';
import {
  NO_LINEAGE,
  type ApplicationLineage,
} from '../../../../src/source/lineage/application-lineage.ts';
import { SHOP, V1, V2, V3 } from '../../../support/lineage-samples.ts';

const collected = (lineage: ApplicationLineage): CollectedLineage => ({
  cluster: 'prod',
  application: SHOP,
  lineage,
  changedAtMs: 0,
});

const FULL = collected({
  versions: [
    { revision: V1, deployedAtMs: 0, verified: { by: 'health', atMs: 1 } },
    { revision: V2, verified: { by: 'statement', verifier: 'ci', atMs: 2 } },
    { revision: V3, deployedAtMs: 3 },
  ],
  current: V1,
  rollbacksAtMs: [0],
  frozen: { revision: V1, sinceMs: 5, untilMs: 10 },
});

const cells = (text: string) => text.split('\n').map((line) => line.split(/ {2,}/u));
const at = (ms: number) => new Date(ms).toISOString();

describe('a lineage as text', () => {
  it('says that nothing is deployed yet', () => {
    assert.deepEqual(cells(formatLineageTable([collected(NO_LINEAGE)], 0))[1], [
      'Application argocd/shop',
      'prod',
      '-',
      '-',
      '-',
      '0',
      '-',
    ]);
    assert.equal(formatLineageTable([], 0), 'No versions were recorded');
  });

  it('says what a version is that was verified before it was deployed', () => {
    assert.deepEqual(cells(formatLineage(FULL, 9)), [
      ['Application argocd/shop in prod'],
      [`frozen until ${at(10)}`],
      ['VERSION', 'DEPLOYED', 'VERIFIED', 'BY'],
      [V3, at(3), '-', '-'],
      [V2, '-', at(2), 'ci'],
      [V1, at(0), at(1), 'health', 'current'],
    ]);
  });

  it('names a freeze while it lasts', () => {
    assert.equal(cells(formatLineageTable([FULL], 9))[1]?.at(-1), at(10));
    assert.equal(cells(formatLineageTable([FULL], 10))[1]?.at(-1), '-');
    assert.deepEqual(cells(formatLineage(FULL, 10))[1]?.[0], 'VERSION');
  });

  it('has all of it for programs', () => {
    assert.partialDeepStrictEqual(formatLineageJson(FULL), {
      current: V1,
      rollbacksAt: [at(0)],
      frozenUntil: at(10),
      versions: [
        { verifiedBy: 'health' },
        { deployedAt: null, verifier: 'ci' },
        { verifiedBy: null },
      ],
    });
    assert.partialDeepStrictEqual(formatLineageJson(collected(NO_LINEAGE)), {
      current: null,
      frozenUntil: null,
    });
  });
});
