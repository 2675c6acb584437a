import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  APPLICATION_PATH,
  HealingStage,
  OBJECT_PATH,
  syncedApplication,
} from '../../../support/drift-healing-stage.ts';
import { configMap, sampleFinding } from '../../../support/drift-samples.ts';
import { kustomizationReference } from '../../../../src/kubernetes/object-reference.ts';

const ADDED = {
  path: 'data.debug',
  segments: ['data', 'debug'],
  kind: 'added',
  to: 'true',
  gitOwned: false,
} as const;

function addition() {
  const change = { semantic: true, paths: [ADDED], protectedKeys: [], truncated: false };
  return { finding: sampleFinding({ change }) };
}

/** Begins, and waits for the controller in vain. */
async function asked(on: HealingStage): Promise<void> {
  await on.turn();
  await on.turn({ afterMs: 2000 });
}

const statesOf = ({ told }: HealingStage) =>
  told.map(({ state, by, attempts, reason }) => ({ state, by, attempts, reason }));
const ASKED = { state: 'asked', by: ['sync'], attempts: 1, reason: undefined };

describe('Healer', () => {
  it('asks the application once its controller had time, records that first, and tells the end', async () => {
    const on = new HealingStage();
    on.find();
    await on.turn();
    await on.turn({ afterMs: 1999 });
    assert.deepEqual([on.told, on.writes], [[], []]);
    await on.turn({ afterMs: 1 });
    await on.turn({ afterMs: 4999 });
    assert.deepEqual(statesOf(on), [ASKED]);
    assert.deepEqual(
      on.writes.map(({ method, path, contentType }) => [method, path, contentType]),
      [
        [
          'PATCH',
          `${APPLICATION_PATH}?fieldManager=holdfast-healer`,
          'application/merge-patch+json',
        ],
      ],
    );
    on.open.clear();
    await on.turn({ leads: false });
    await on.turn();
    assert.deepEqual(statesOf(on).at(-1), {
      state: 'healed',
      by: [],
      attempts: 1,
      reason: undefined,
    });
    assert.deepEqual(
      on.told.map(({ found }) => found),
      ['D1', 'D1'],
    );
    assert.deepEqual(await on.telemetry.exposed('holdfast_drift_heals_total'), [
      'holdfast_drift_heals_total{outcome="asked"} 1',
      'holdfast_drift_heals_total{outcome="healed"} 1',
    ]);
  });

  it('asks again with growing pauses, gives up at the deadline, once, and is reverted without a word', async () => {
    const on = new HealingStage();
    on.answer = { status: 'refused', reason: 'The API server answered 403', httpStatus: 403 };
    on.find();
    await asked(on);
    for (const afterMs of [5000, 10_000, 20_000, 25_000, 60_000]) await on.turn({ afterMs });
    assert.deepEqual(
      statesOf(on).map(({ state, attempts }) => [state, attempts]),
      [
        ['asked', 1],
        ['asked', 2],
        ['asked', 3],
        ['asked', 4],
        ['failed', 4],
      ],
    );
    assert.equal(
      on.told.at(-1)?.reason,
      'it was asked for 4 times in 60 s and has not converged. The API server answered 403',
    );
    assert.deepEqual(await on.telemetry.exposed('holdfast_drift_heals_given_up '), [
      'holdfast_drift_heals_given_up 1',
    ]);
    on.open.clear();
    await on.turn();
    assert.equal(on.told.length, 5);
    assert.equal(on.journal.state.spaces.get('drift-healing')?.size, 0);
  });

  it('heals nothing that was not told, is reverted, is not selected or belongs to nobody, and nothing unless it leads', async () => {
    const untold = new HealingStage();
    untold.find('a', { decisionId: '' });
    untold.find('b', { reverted: true });
    const other = new HealingStage({ settings: { applications: ['other'] } });
    other.find();
    const nobody = new HealingStage({ application: undefined });
    nobody.find();
    const unknown = new HealingStage();
    unknown.intended = undefined;
    unknown.find();
    const follower = new HealingStage();
    follower.find();
    for (const on of [untold, other, nobody, unknown]) await asked(on);
    await follower.turn({ leads: false });
    await follower.turn({ leads: false, afterMs: 60_000 });
    for (const on of [untold, other, nobody, unknown, follower]) {
      assert.deepEqual([on.told, on.writes], [[], []]);
    }
  });

  it('names several objects of an application in one sync', async () => {
    const on = new HealingStage();
    on.find('a');
    on.find('b');
    await asked(on);
    assert.deepEqual([on.told.length, on.writes.length], [2, 1]);
  });

  it('stops at the budget of an application, also over a restart', async () => {
    const settings = { attemptsMax: 2 };
    const on = new HealingStage({ settings });
    for (const key of ['a', 'b']) {
      on.find(key);
      await asked(on);
      on.open.delete(key);
      await on.turn();
    }
    const later = new HealingStage({ settings, journal: on.journal });
    later.find('c');
    await asked(later);
    assert.deepEqual(
      later.told.map(({ state, reason }) => [state, reason]),
      [
        [
          'failed',
          'its application was asked 2 times within 600 s (drift.heal.attemptsMax): something changes it again and again',
        ],
      ],
    );
  });

  it('goes on after a restart from where it was', async () => {
    const on = new HealingStage();
    on.find();
    await asked(on);
    const later = new HealingStage({ journal: on.journal });
    later.find();
    await later.turn({ afterMs: 2000 });
    assert.deepEqual(later.told, []);
    later.open.clear();
    await later.turn();
    assert.deepEqual(statesOf(later), [
      { state: 'healed', by: [], attempts: 1, reason: undefined },
    ]);
  });

  it('leaves alone what somebody works on, and asks when they have ended', async () => {
    const on = new HealingStage();
    on.hold = { status: 'held', reason: 'the grant G of "alice" covers it' };
    on.find();
    await asked(on);
    await on.turn({ afterMs: 600_000 });
    assert.deepEqual([on.told, on.writes], [[], []]);
    on.hold = { status: 'free' };
    await on.turn({ afterMs: 5000 });
    assert.deepEqual(statesOf(on), [ASKED]);
  });

  it('waits for an operation that runs, and for an application that cannot be read', async () => {
    const on = new HealingStage();
    on.serve(APPLICATION_PATH, syncedApplication({ operation: { sync: {} } }));
    on.find();
    await asked(on);
    on.served.set(APPLICATION_PATH, {
      status: 'unavailable',
      code: 'lookup_failed',
      reason: 'it is away',
    });
    await on.turn({ afterMs: 5000 });
    assert.deepEqual([on.told, on.writes], [[], []]);
    assert.deepEqual(await on.telemetry.exposed('holdfast_drift_heals_total'), [
      'holdfast_drift_heals_total{outcome="held"} 2',
    ]);
  });

  it('gives up at once on what cannot be asked for', async () => {
    const gone = new HealingStage();
    gone.served.clear();
    gone.find();
    await asked(gone);
    const added = new HealingStage();
    added.find(undefined, addition());
    await asked(added);
    assert.deepEqual(
      [gone, added].map((on) => on.told.map(({ state, reason }) => [state, reason])),
      [
        [['failed', 'its Application is not there']],
        [
          [
            'failed',
            'data.debug was added, and no sync takes off what Git does not declare (drift.heal.additions)',
          ],
        ],
      ],
    );
  });

  it('takes an addition off by a patch of the very state that was read', async () => {
    const on = new HealingStage({ settings: { additions: true } });
    const live = configMap({ greeting: 'hello', debug: 'true' }, { version: '11' });
    on.serve(OBJECT_PATH, live);
    on.find(undefined, addition());
    await asked(on);
    assert.deepEqual(
      on.told.map(({ by }) => by),
      [['removal']],
    );
    assert.deepEqual(
      on.writes.map(({ path, contentType, body }) => ({ path, contentType, body })),
      [
        {
          path: `${OBJECT_PATH}?fieldManager=holdfast-healer`,
          contentType: 'application/json-patch+json',
          body: [
            { op: 'test', path: '/metadata/uid', value: 'uid-1' },
            { op: 'test', path: '/metadata/resourceVersion', value: '11' },
            { op: 'remove', path: '/data/debug' },
          ],
        },
      ],
    );
  });

  it('has a change and an addition of one object put right together', async () => {
    const on = new HealingStage({ settings: { additions: true } });
    on.serve(OBJECT_PATH, configMap({ greeting: 'hacked', debug: 'true' }));
    const [changed] = sampleFinding().change.paths;
    assert.ok(changed !== undefined);
    const change = { ...sampleFinding().change, paths: [changed, ADDED] };
    on.find(undefined, { finding: sampleFinding({ change }) });
    on.answer = { status: 'conflict', reason: 'somebody was faster' };
    await asked(on);
    assert.deepEqual(
      on.told.map(({ by }) => by),
      [['sync', 'removal']],
    );
    assert.equal(on.writes.length, 2);
  });

  it('asks Flux for a reconciliation', async () => {
    const on = new HealingStage({ application: kustomizationReference('flux-system', 'apps') });
    const path = '/apis/kustomize.toolkit.fluxcd.io/v1/namespaces/flux-system/kustomizations/apps';
    on.serve(path, { metadata: { resourceVersion: '7' }, spec: {} });
    on.find();
    await asked(on);
    assert.deepEqual(
      on.told.map(({ by }) => by),
      [['reconcile']],
    );
    assert.equal(on.writes[0]?.path, `${path}?fieldManager=holdfast-healer`);
  });

  it('asks at once for what somebody asked for by hand, selected or not, given up or not, and once', async () => {
    const other = new HealingStage({ settings: { applications: ['other'] } });
    other.requests.add('D1');
    other.find();
    await other.turn();
    assert.deepEqual(statesOf(other), [ASKED]);
    await other.turn();
    await other.turn({ afterMs: 5000 });
    assert.deepEqual(
      other.told.map(({ attempts }) => attempts),
      [1, 2],
    );
    const failed = new HealingStage();
    failed.served.delete(APPLICATION_PATH);
    failed.find();
    await asked(failed);
    failed.serve(APPLICATION_PATH, syncedApplication());
    failed.requests.add('D1');
    await failed.turn();
    assert.deepEqual(
      failed.told.map(({ state }) => state),
      ['failed', 'asked'],
    );
  });

  it('writes nothing that it cannot record, and tells it later', async () => {
    const on = new HealingStage();
    on.find();
    on.keeps = false;
    await asked(on);
    assert.deepEqual(on.writes, []);
    on.keeps = true;
    await on.turn({ afterMs: 5000 });
    assert.deepEqual(statesOf(on), [{ ...ASKED, attempts: 2 }]);
    on.keeps = false;
    on.open.clear();
    await on.turn();
    on.keeps = true;
    await on.turn();
    assert.equal(on.told.at(-1)?.state, 'healed');
  });

  it('gives up again where that could not be recorded', async () => {
    const on = new HealingStage();
    on.served.clear();
    on.find();
    on.keeps = false;
    await asked(on);
    on.keeps = true;
    await on.turn();
    assert.equal(on.told.at(-1)?.state, 'failed');
  });

  it('says where its state cannot be kept, and goes on', async () => {
    const on = new HealingStage();
    on.find();
    on.journal.writeFault = new Error('a full disk');
    await on.turn();
    assert.deepEqual(
      on.telemetry.entries.map(({ message }) => message),
      ['Drift cannot be healed now; it is tried again'],
    );
    on.journal.writeFault = undefined;
    await asked(on);
    assert.deepEqual(statesOf(on), [ASKED]);
  });
});
