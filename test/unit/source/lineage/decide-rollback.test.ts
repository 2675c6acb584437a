import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  applyChange,
  NO_LINEAGE,
  type ApplicationLineage,
  type LineageChange,
} from '../../../../src/source/lineage/application-lineage.ts';
import {
  decideRollback,
  findPrevious,
  isFrozenAt,
  isOlder,
  planDeployed,
  type CommitOrder,
} from '../../../../src/source/lineage/decide-rollback.ts';
import { V1, V2, V3 } from '../../../support/lineage-samples.ts';

const MINUTE_MS = 60_000;
const limits = { rollbacksMax: 3, rollbackWindowMs: 5 * MINUTE_MS, freezeMs: 30 * MINUTE_MS };

function lineageOf(...changes: readonly (readonly [number, LineageChange])[]): ApplicationLineage {
  return changes.reduce(
    (lineage, [atMs, change]) => applyChange(lineage, change, { atMs, versionsMax: 20 }),
    NO_LINEAGE,
  );
}

const deployed = (revision: string, isRollback = false): LineageChange => ({
  what: 'deployed',
  revision,
  isRollback,
});
const verified = (revision: string): LineageChange => ({
  what: 'verified',
  revision,
  by: 'health',
});

interface Asked {
  readonly nowMs?: number;
  readonly order?: CommitOrder;
  readonly isSettled?: boolean;
}

function decide(
  lineage: ApplicationLineage,
  revision: string,
  { nowMs = 1000, order = 'unknown', isSettled = false }: Asked = {},
) {
  return decideRollback({ lineage, revision, order, isSettled, nowMs, limits });
}

const FORWARD = {
  revision: V2,
  previousRevision: V1,
  isRollback: false,
  isVerified: false,
  rollbackCount: 0,
  frozenUntil: '',
};

describe('what a write takes the place of', () => {
  const lineage = lineageOf([0, deployed(V1)], [1, deployed(V2)]);

  it('is the current version, for another one', () => {
    assert.equal(findPrevious({ lineage, revision: V3, isSettled: true }), V2);
  });

  it('is the version before while the current one is applied, and none afterwards', () => {
    assert.equal(findPrevious({ lineage, revision: V2, isSettled: false }), V1);
    assert.equal(findPrevious({ lineage, revision: V2, isSettled: true }), undefined);
  });

  it('is none for the first version', () => {
    assert.equal(findPrevious({ lineage: NO_LINEAGE, revision: V1, isSettled: false }), undefined);
  });
});

describe('which version is older', () => {
  const lineage = lineageOf([0, deployed(V1)], [1, deployed(V2)], [2, verified(V3)]);
  const older = (revision: string, previous: string, order: CommitOrder) =>
    isOlder(lineage, { revision, previous }, order);

  it('Git decides where it can, whatever was deployed first', () => {
    assert.equal(older(V3, V2, 'older'), true);
    assert.equal(older(V1, V2, 'newer'), false);
  });

  it('else the order of first deployment decides', () => {
    for (const order of ['unknown', 'unrelated'] as const) {
      assert.equal(older(V1, V2, order), true);
      assert.equal(older(V2, V1, order), false);
    }
  });

  it('a version that was not deployed yet is not older', () => {
    assert.equal(older(V3, V2, 'unknown'), false);
    assert.equal(older('4'.repeat(40), V2, 'unknown'), false);
  });
});

describe('a write of a version', () => {
  it('is no rollback where nothing was deployed before', () => {
    assert.deepEqual(decide(NO_LINEAGE, V2), { ...FORWARD, previousRevision: '' });
  });

  it('goes forward to what was not deployed yet', () => {
    assert.deepEqual(decide(lineageOf([0, deployed(V1)]), V2), FORWARD);
  });

  it('is a rollback to what was deployed before, verified or not', () => {
    const lineage = lineageOf([0, deployed(V1)], [1, deployed(V2)]);
    const rollback = {
      ...FORWARD,
      revision: V1,
      previousRevision: V2,
      isRollback: true,
      rollbackCount: 1,
    };
    assert.deepEqual(decide(lineage, V1), rollback);
    const proven = applyChange(lineage, verified(V1), { atMs: 2, versionsMax: 20 });
    assert.deepEqual(decide(proven, V1), { ...rollback, isVerified: true });
  });

  it('is a rollback to what Git knows as older, though it was never deployed here', () => {
    assert.equal(decide(lineageOf([0, deployed(V2)]), V1, { order: 'older' }).isRollback, true);
  });

  it('is judged the same for each object, before and after the version is noted', () => {
    const before = lineageOf([0, deployed(V1)], [1, verified(V1)], [2, deployed(V2)]);
    const after = applyChange(before, deployed(V1, true), { atMs: 900, versionsMax: 20 });
    assert.deepEqual(decide(after, V1), decide(before, V1));
  });

  it('of the version that is there takes no other place', () => {
    const lineage = lineageOf([0, deployed(V1)], [1, deployed(V2)], [2, deployed(V1, true)]);
    assert.deepEqual(decide(lineage, V1, { isSettled: true }), {
      ...FORWARD,
      revision: V1,
      previousRevision: '',
      rollbackCount: 1,
    });
  });
});

/** Rolled back three times, within a minute, and frozen. */
const FLAPPING = lineageOf(
  [0, deployed(V1)],
  [1, verified(V1)],
  [10, deployed(V2)],
  [20, deployed(V1, true)],
  [30, deployed(V2)],
  [40, deployed(V1, true)],
  [50, deployed(V2)],
  [60, deployed(V1, true)],
);
const FROZEN = applyChange(
  FLAPPING,
  { what: 'frozen', revision: V1, untilMs: 60 + limits.freezeMs },
  { atMs: 60, versionsMax: 20 },
);
const UNTIL = new Date(60 + limits.freezeMs).toISOString();

describe('a frozen application', () => {
  it('refuses every other version, and keeps its own', () => {
    assert.equal(decide(FROZEN, V2).frozenUntil, UNTIL);
    assert.equal(decide(FROZEN, V3).frozenUntil, UNTIL);
    assert.equal(decide(FROZEN, V1, { isSettled: true }).frozenUntil, '');
  });

  it('lets its version be repaired where another one was begun', () => {
    const begun = applyChange(FROZEN, deployed(V2), { atMs: 70, versionsMax: 20 });
    assert.equal(decide(begun, V1).frozenUntil, '');
  });

  it('lets in what was verified since, and not what was verified before', () => {
    const since = applyChange(FROZEN, verified(V3), { atMs: 61, versionsMax: 20 });
    assert.equal(decide(since, V3).frozenUntil, '');
    const replayed: LineageChange = {
      what: 'verified',
      revision: V3,
      by: 'statement',
      verifier: 'ci',
      issuedAtMs: 5,
    };
    const before = applyChange(FROZEN, replayed, { atMs: 61, versionsMax: 20 });
    assert.equal(decide(before, V3).frozenUntil, UNTIL);
  });

  it('keeps what is there, though it came in under a grant', () => {
    const granted = applyChange(FROZEN, deployed(V3), { atMs: 70, versionsMax: 20 });
    assert.equal(decide(granted, V3, { isSettled: true }).frozenUntil, '');
  });

  it('ends by itself, and counts anew', () => {
    const nowMs = 60 + limits.freezeMs;
    assert.equal(isFrozenAt(FROZEN, nowMs - 1), true);
    assert.equal(isFrozenAt(FROZEN, nowMs), false);
    const fact = decide(FROZEN, V2, { nowMs });
    assert.deepEqual([fact.frozenUntil, fact.rollbackCount], ['', 0]);
  });

  it('counts no rollback from before a freeze that was short', () => {
    const short = applyChange(
      FLAPPING,
      { what: 'frozen', revision: V1, untilMs: 70 },
      { atMs: 60, versionsMax: 20 },
    );
    assert.equal(decide(short, V2, { nowMs: 100 }).rollbackCount, 0);
  });
});

describe('one rollback too many', () => {
  it('is refused before the freeze is recorded', () => {
    const again = applyChange(FLAPPING, deployed(V2), { atMs: 70, versionsMax: 20 });
    const { rollbackCount, frozenUntil } = decide(again, V1);
    const until = new Date(20 + limits.rollbackWindowMs).toISOString();
    assert.deepEqual([rollbackCount, frozenUntil], [4, until]);
  });

  it('is none where the others are outside of the window', () => {
    const again = applyChange(FLAPPING, deployed(V2), { atMs: 70, versionsMax: 20 });
    const nowMs = 60 + limits.rollbackWindowMs;
    assert.deepEqual(
      [decide(again, V1, { nowMs }).rollbackCount, decide(again, V1, { nowMs }).frozenUntil],
      [1, ''],
    );
  });
});

describe('what is recorded', () => {
  interface Planned {
    readonly isApplied?: boolean;
  }
  const plan = (
    lineage: ApplicationLineage,
    revision: string,
    { isApplied = false }: Planned = {},
  ) => planDeployed({ lineage, revision, order: 'unknown', isApplied, nowMs: 1000, limits });

  it('is the first version, and each other one', () => {
    assert.deepEqual(plan(NO_LINEAGE, V1), [{ what: 'deployed', revision: V1, isRollback: false }]);
    assert.deepEqual(plan(lineageOf([0, deployed(V1)]), V2), [
      { what: 'deployed', revision: V2, previous: V1, isRollback: false },
    ]);
  });

  it('is nothing for the same version', () => {
    assert.deepEqual(plan(lineageOf([0, deployed(V1)]), V1, { isApplied: true }), []);
  });

  it('is a rollback to an unverified version only when all of it was applied', () => {
    const lineage = lineageOf([0, deployed(V1)], [1, deployed(V2)]);
    assert.deepEqual(plan(lineage, V1), []);
    assert.deepEqual(plan(lineage, V1, { isApplied: true }), [
      { what: 'deployed', revision: V1, previous: V2, isRollback: true },
    ]);
  });

  it('is a freeze with the third rollback', () => {
    const second = lineageOf(
      [0, deployed(V1)],
      [1, verified(V1)],
      [20, deployed(V1, true)],
      [40, deployed(V1, true)],
      [50, deployed(V2)],
    );
    assert.deepEqual(plan(second, V1), [
      { what: 'deployed', revision: V1, previous: V2, isRollback: true },
      { what: 'frozen', revision: V1, untilMs: 1000 + limits.freezeMs },
    ]);
  });

  it('is nothing of what a freeze refuses, and no second freeze', () => {
    assert.deepEqual(plan(FROZEN, V2), []);
    assert.deepEqual(plan(FROZEN, V2, { isApplied: true }), [
      { what: 'deployed', revision: V2, previous: V1, isRollback: false },
    ]);
    const warned = applyChange(FROZEN, deployed(V2), { atMs: 70, versionsMax: 20 });
    assert.deepEqual(plan(warned, V1, { isApplied: true }), [
      { what: 'deployed', revision: V1, previous: V2, isRollback: true },
    ]);
  });
});
