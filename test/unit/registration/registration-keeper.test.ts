import assert from 'node:assert/strict';
import { it } from 'node:test';
import type { ElectionResult } from '../../../src/kubernetes/leader-election/leader-election.ts';
import type { LiveConfiguration, Outcome } from '../../../src/registration/registration-cluster.ts';
import { RegistrationKeeper } from '../../../src/registration/registration-keeper.ts';
import type { RegistrationDrift } from '../../../src/registration/registration-keeper.ts';
import { recordTelemetry } from '../../support/recording-telemetry.ts';
import { clockOf, settle } from '../../support/simulated-time.ts';

const PLANNED = {
  kind: 'ValidatingWebhookConfiguration',
  metadata: { name: 'holdfast' },
  webhooks: [{ name: 'drift.holdfast.dev', failurePolicy: 'Fail' }],
};
const DONE: Outcome<void> = { ok: true, value: undefined };

function open() {
  const { logger, metrics, entries } = recordTelemetry();
  const state = {
    nowMs: 0,
    live: undefined as LiveConfiguration,
    planned: PLANNED as typeof PLANNED | Error,
    proven: { ok: false, reason: 'nobody answers' } as Outcome<string | undefined>,
    applied: DONE,
    ownBundle: DONE as Outcome<string | undefined>,
    readable: true,
    election: { leads: true, others: [] } as ElectionResult,
    /** What a renewal waits for. */
    renewal: Promise.resolve(),
  };
  const calls: string[] = [];
  const drifts: RegistrationDrift[] = [];
  const keeper = new RegistrationKeeper({
    logger,
    metrics,
    clock: clockOf(() => state.nowMs),
    ownNamespace: 'hold',
    plan: () =>
      state.planned instanceof Error
        ? Promise.reject(state.planned)
        : Promise.resolve([state.planned]),
    ownBundle: () => state.ownBundle,
    onDrift: (drift) => drifts.push(drift),
    election: {
      renew: async () => {
        calls.push('renew');
        await state.renewal;
        return state.election;
      },
      holds: () => true,
      release: () => {
        calls.push('release');
        return Promise.resolve();
      },
    },
    cluster: {
      read: () =>
        Promise.resolve(
          state.readable
            ? { ok: true, value: state.live }
            : { ok: false, reason: 'no right to read' },
        ),
      prove: (_planned, _namespace, caBundle) => {
        calls.push(`prove ${caBundle ?? ''}`.trim());
        return Promise.resolve(state.proven);
      },
      apply: (planned, _live, caBundle) => {
        calls.push(`apply ${caBundle ?? ''}`.trim());
        if (state.applied.ok) state.live = planned;
        return Promise.resolve(state.applied);
      },
    },
  });
  return { keeper, state, calls, drifts, entries };
}

it('RegistrationKeeper registers nothing before the API server was seen to reach Holdfast', async () => {
  const { keeper, state, calls } = open();
  await keeper.turn();
  assert.deepEqual(calls, ['renew', 'prove']);
  assert.match(keeper.problem() ?? '', /not registered before .* reach Holdfast: nobody answers/u);
  state.proven = { ok: true, value: 'bundle' };
  await keeper.turn();
  await keeper.turn();
  assert.deepEqual(calls, ['renew', 'prove', 'prove', 'apply bundle']);
  assert.equal(keeper.problem(), undefined);
});

it('RegistrationKeeper asks for no proof before its own certificates have an authority, and tries that one', async () => {
  const { keeper, state, calls } = open();
  state.ownBundle = { ok: false, reason: 'no authority yet' };
  await keeper.turn();
  assert.deepEqual(calls, ['renew']);
  assert.match(
    keeper.problem() ?? '',
    /not registered before .* reach Holdfast: no authority yet/u,
  );
  state.ownBundle = { ok: true, value: 'own' };
  state.proven = { ok: true, value: 'own' };
  await keeper.turn();
  assert.deepEqual(calls, ['renew', 'prove own', 'apply own']);
  assert.equal(keeper.problem(), undefined);
});

it('RegistrationKeeper makes what was deleted with the authority of now, else with the one that was proven', async () => {
  const { keeper, state, calls } = open();
  state.ownBundle = { ok: true, value: 'old' };
  state.proven = { ok: true, value: 'old' };
  await keeper.turn();
  for (const own of [
    { ok: true, value: 'new' },
    { ok: false, reason: 'gone' },
  ] as const) {
    state.live = undefined;
    state.ownBundle = own;
    await keeper.turn();
  }
  assert.deepEqual(calls, ['renew', 'prove old', 'apply old', 'apply new', 'apply new']);
});

it('RegistrationKeeper puts right what others change and delete, and tells of it', async () => {
  const { keeper, state, calls, drifts } = open();
  state.proven = { ok: true, value: undefined };
  await keeper.turn();
  state.live = {
    ...PLANNED,
    metadata: { name: 'holdfast', managedFields: [{ manager: 'kubectl-edit' }] },
    webhooks: [],
  };
  await keeper.turn();
  state.live = undefined;
  await keeper.turn();
  assert.deepEqual(calls, ['renew', 'prove', 'apply', 'apply', 'apply']);
  const { kind } = PLANNED;
  assert.deepEqual(drifts, [
    {
      kind,
      name: 'holdfast',
      what: 'changed',
      places: ['drift.holdfast.dev: absent'],
      managers: ['kubectl-edit'],
    },
    { kind, name: 'holdfast', what: 'deleted', places: [], managers: [] },
  ]);
});

it('RegistrationKeeper takes a change of the plan for none of others, and tells where it asks less', async () => {
  const { keeper, state, drifts, entries } = open();
  state.live = PLANNED;
  await keeper.turn();
  state.planned = {
    ...PLANNED,
    webhooks: [{ name: 'drift.holdfast.dev', failurePolicy: 'Ignore' }],
  };
  await keeper.turn();
  assert.deepEqual(drifts, []);
  assert.deepEqual(entries.at(-1)?.fields, {
    kind: PLANNED.kind,
    narrowings: ['drift.holdfast.dev lets through what cannot be judged'],
  });
});

it('RegistrationKeeper leaves it to the leader, and forgets what it knew', async () => {
  const { keeper, state, calls, drifts } = open();
  state.live = PLANNED;
  await keeper.turn();
  state.election = { leads: false, others: [], leader: 'other' };
  state.nowMs = 5000;
  await keeper.turn();
  state.live = undefined;
  await keeper.turn();
  assert.equal(keeper.problem(), undefined);
  assert.deepEqual(calls, ['renew', 'renew']);
  state.election = { leads: true, others: [] };
  state.proven = { ok: true, value: undefined };
  state.nowMs = 10_000;
  await keeper.turn();
  assert.deepEqual([calls.slice(2), drifts], [['renew', 'prove', 'apply'], []]);
  await keeper.close();
  assert.equal(calls.at(-1), 'release');
});

it('RegistrationKeeper says once why it cannot keep it', async () => {
  const { keeper, state, entries } = open();
  state.readable = false;
  await keeper.turn();
  await keeper.turn();
  assert.equal(keeper.problem(), 'no right to read');
  state.planned = new Error('"ca.crt": does not exist');
  await keeper.turn();
  assert.equal(keeper.problem(), '"ca.crt": does not exist');
  state.election = { leads: false, others: [], problem: 'no lease' };
  state.nowMs = 10_000;
  await keeper.turn();
  assert.equal(keeper.problem(), 'no lease');
  assert.deepEqual(
    entries.map(({ fields }) => fields),
    [
      { reason: 'no right to read' },
      { reason: '"ca.crt": does not exist' },
      { reason: 'no lease' },
    ],
  );
});

it('RegistrationKeeper tells nothing of what it could not write', async () => {
  const { keeper, state, drifts } = open();
  state.proven = { ok: true, value: undefined };
  state.applied = { ok: false, reason: 'changed meanwhile' };
  await keeper.turn();
  assert.deepEqual([keeper.problem(), drifts], ['changed meanwhile', []]);
});

it('RegistrationKeeper puts right what others change while its lease is being renewed', async () => {
  const { keeper, state, calls, drifts } = open();
  state.live = PLANNED;
  await keeper.turn();
  const renewal = Promise.withResolvers<void>();
  state.renewal = renewal.promise;
  state.nowMs = 5000;
  state.live = { ...PLANNED, webhooks: [] };
  await keeper.turn();
  assert.deepEqual([calls, drifts.length], [['renew', 'renew', 'apply'], 1]);
  assert.equal(keeper.problem(), undefined);
  const closing = keeper.close();
  await settle();
  assert.equal(calls.includes('release'), false);
  renewal.resolve();
  await closing;
  assert.equal(calls.at(-1), 'release');
});

it('RegistrationKeeper waits for the renewal of a lease that may have ended', async () => {
  const { keeper, state, calls } = open();
  state.live = PLANNED;
  await keeper.turn();
  const renewal = Promise.withResolvers<void>();
  state.renewal = renewal.promise;
  state.nowMs = 10_000;
  state.live = { ...PLANNED, webhooks: [] };
  const turn = keeper.turn();
  await settle();
  assert.deepEqual(calls, ['renew', 'renew']);
  state.election = { leads: false, others: [], leader: 'other' };
  renewal.resolve();
  await turn;
  assert.deepEqual(calls, ['renew', 'renew']);
});

it('RegistrationKeeper knows nothing of a registration that it kept as it lost its lease', async () => {
  const { keeper, state, drifts } = open();
  state.live = PLANNED;
  await keeper.turn();
  const renewal = Promise.withResolvers<void>();
  state.renewal = renewal.promise;
  state.nowMs = 5000;
  const lost = keeper.turn();
  state.election = { leads: false, others: [], leader: 'other' };
  renewal.resolve();
  await lost;
  await settle();
  state.live = { ...PLANNED, webhooks: [] };
  state.election = { leads: true, others: [] };
  state.nowMs = 10_000;
  await keeper.turn();
  assert.deepEqual([state.live, drifts], [PLANNED, []]);
});
