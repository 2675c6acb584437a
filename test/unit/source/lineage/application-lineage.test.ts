import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  applyChange,
  findVersion,
  NO_LINEAGE,
  type ApplicationLineage,
  type LineageChange,
} from '../../../../src/source/lineage/application-lineage.ts';
import { V1, V2, V3 } from '../../../support/lineage-samples.ts';

function lineageOf(changes: readonly LineageChange[], versionsMax = 20): ApplicationLineage {
  return changes.reduce(
    (lineage, change, index) => applyChange(lineage, change, { atMs: index * 10, versionsMax }),
    NO_LINEAGE,
  );
}

const deployed = (revision: string, isRollback = false): LineageChange => ({
  what: 'deployed',
  revision,
  isRollback,
});

describe('the lineage of an application', () => {
  it('has versions in the order of their first deployment, and the last two that were brought', () => {
    assert.deepEqual(lineageOf([deployed(V1), deployed(V2), deployed(V1, true)]), {
      versions: [
        { revision: V1, deployedAtMs: 20 },
        { revision: V2, deployedAtMs: 10 },
      ],
      current: V1,
      previous: V2,
      rollbacksAtMs: [20],
    });
  });

  it('keeps the version before it when the same one is brought again', () => {
    const { current, previous } = lineageOf([deployed(V1), deployed(V2), deployed(V2)]);
    assert.deepEqual([current, previous], [V2, V1]);
  });

  it('forgets the oldest versions', () => {
    const lineage = lineageOf([deployed(V1), deployed(V2), deployed(V3)], 2);
    assert.deepEqual(
      lineage.versions.map(({ revision }) => revision),
      [V2, V3],
    );
    assert.equal(findVersion(lineage, V1), undefined);
  });

  it('remembers what has verified a version, and when a pipeline signed that', () => {
    const lineage = lineageOf([
      deployed(V1),
      { what: 'verified', revision: V1, by: 'health' },
      deployed(V2),
      { what: 'verified', revision: V2, by: 'statement', verifier: 'ci', issuedAtMs: 25 },
    ]);
    assert.deepEqual(lineage.versions, [
      { revision: V1, deployedAtMs: 0, verified: { by: 'health', atMs: 10 } },
      { revision: V2, deployedAtMs: 20, verified: { by: 'statement', verifier: 'ci', atMs: 25 } },
    ]);
  });

  it('takes no statement for later than it was read', () => {
    const change = {
      what: 'verified',
      revision: V1,
      by: 'statement',
      verifier: 'ci',
      issuedAtMs: 900,
    } as const;
    assert.equal(findVersion(lineageOf([deployed(V1), change]), V1)?.verified?.atMs, 10);
  });

  it('places a version that was verified first where it is deployed', () => {
    const lineage = lineageOf([
      { what: 'verified', revision: V3, by: 'statement', verifier: 'ci' },
      deployed(V1),
      deployed(V3),
    ]);
    assert.deepEqual(lineage.versions, [
      { revision: V1, deployedAtMs: 10 },
      { revision: V3, deployedAtMs: 20, verified: { by: 'statement', verifier: 'ci', atMs: 0 } },
    ]);
  });

  it('keeps the version at which it was frozen', () => {
    const lineage = lineageOf([deployed(V1), { what: 'frozen', revision: V1, untilMs: 99 }]);
    assert.deepEqual(lineage.frozen, { revision: V1, sinceMs: 10, untilMs: 99 });
  });
});
