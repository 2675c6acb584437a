/** Replicas that keep their certificates: the real keepers on an API server in memory, whose calls a test stops and orders. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { TestContext } from 'node:test';
import { parseCertificates } from '../../../src/certificates/parse-certificates.ts';
import { DAY_MS, RotationStage } from '../../support/certificates/rotation-stage.ts';
import type { StagedReplica } from '../../support/certificates/rotation-stage.ts';
import { seededRandom } from '../../support/seeded-random.ts';
import { makeTemporaryFolder } from '../../support/temporary-folder.ts';

/** Turns after which nothing is left to do, however a rotation was stopped. */
const TURNS = 6;

async function openStage(
  test: TestContext,
  settings: ConstructorParameters<typeof RotationStage>[1] = {},
): Promise<RotationStage> {
  return new RotationStage(await makeTemporaryFolder(test), settings);
}

/** Turns of each, and what their servers do after each. */
async function turn(replicas: readonly StagedReplica[], turns = TURNS): Promise<void> {
  for (let count = 0; count < turns; count += 1) {
    for (const replica of replicas) {
      await replica.keeper.turn();
      replica.reload();
    }
  }
}

/** The registered authorities, the same for each webhook. */
function authoritiesOf({ api }: RotationStage): readonly string[] {
  const bundles = new Set(api.bundles());
  assert.equal(bundles.size, 1);
  const [bundle = ''] = bundles;
  return parseCertificates(bundle).map(({ fingerprint256 }) => fingerprint256);
}

describe('CertificateKeeper', () => {
  it('makes authority and certificate from nothing, and every replica serves it', async (t) => {
    const stage = await openStage(t);
    const replicas = [stage.replica('holdfast-0', { leads: true }), stage.replica('holdfast-1')];
    await turn(replicas);
    assert.deepEqual(stage.api.changes, [
      'secret next-ca.crt next-ca.key',
      'secret ca.crt ca.key tls.crt tls.key',
    ]);
    const [first, second] = replicas.map(({ certificatePem }) => certificatePem());
    assert.equal(first, second);
    assert.notEqual(first, '');
    for (const { keeper, telemetry } of replicas) {
      assert.equal(keeper.problem(), undefined);
      assert.deepEqual(await telemetry.exposed('holdfast_certificate_rotation_blocked'), [
        'holdfast_certificate_rotation_blocked 0',
      ]);
    }
  });

  it('names for a first registration the authority that has signed what it serves, also in the middle of a rotation', async (t) => {
    const stage = await openStage(t, { overlapMs: 90 * DAY_MS });
    const replica = stage.replica('holdfast-0', { leads: true });
    const named = () => parseCertificates(replica.keeper.authorityPem());
    assert.deepEqual(named(), []);
    await turn([replica], 1);
    const [first, ...others] = named();
    assert.deepEqual(others, []);
    const [leaf] = parseCertificates(replica.certificatePem());
    assert.equal(leaf?.verify(first?.publicKey ?? leaf.publicKey), true);
    stage.api.register(replica.keeper.authorityPem());
    assert.equal(stage.untrusting(replica.certificatePem()), 0);
    stage.pass(61 * DAY_MS);
    await turn([replica]);
    const [second] = named();
    assert.notEqual(second?.fingerprint256, first?.fingerprint256);
    assert.equal(named().length, 1);
  });

  it('registers its authority as soon as there is a registration, whatever caBundle it has', async (t) => {
    const stage = await openStage(t);
    const replicas = [stage.replica('holdfast-0', { leads: true })];
    await turn(replicas);
    for (const bundle of [undefined, 'garbage']) {
      stage.api.register(bundle);
      await turn(replicas, 1);
      assert.equal(authoritiesOf(stage).length, 1);
      assert.equal(stage.untrusting(replicas[0]?.certificatePem() ?? ''), 0);
    }
    assert.deepEqual(stage.api.changes.slice(2), [
      'val trusts 1',
      'mut trusts 1',
      'val trusts 1',
      'mut trusts 1',
    ]);
  });

  it('rotates the authority without a moment in which a replica is not trusted', async (t) => {
    const stage = await openStage(t);
    const replicas = [stage.replica('holdfast-0', { leads: true }), stage.replica('holdfast-1')];
    stage.api.register();
    await turn(replicas);
    const before = authoritiesOf(stage);
    stage.api.changes.length = 0;
    stage.pass(61 * DAY_MS);
    await turn(replicas);
    assert.deepEqual(stage.api.changes, [
      'secret ca.crt ca.key next-ca.crt next-ca.key tls.crt tls.key',
      'val trusts 2',
      'mut trusts 2',
      'secret ca.crt ca.key tls.crt tls.key',
      'val trusts 1',
      'mut trusts 1',
    ]);
    assert.notDeepEqual(authoritiesOf(stage), before);
    for (const { certificatePem } of replicas) assert.equal(stage.untrusting(certificatePem()), 0);
  });

  it('renews the certificate alone, and registers nothing for it', async (t) => {
    const stage = await openStage(t, { leafLifetimeMs: 30 * DAY_MS });
    const replicas = [stage.replica('holdfast-0', { leads: true })];
    stage.api.register();
    await turn(replicas);
    const before = replicas[0]?.certificatePem();
    stage.api.changes.length = 0;
    stage.pass(21 * DAY_MS);
    await turn(replicas);
    assert.deepEqual(stage.api.changes, ['secret ca.crt ca.key tls.crt tls.key']);
    assert.notEqual(replicas[0]?.certificatePem(), before);
  });

  it('keeps the old authority until a replica that is late serves the new certificate', async (t) => {
    const stage = await openStage(t);
    const leader = stage.replica('holdfast-0', { leads: true });
    const late = stage.replica('holdfast-1');
    stage.api.register();
    await turn([leader, late]);
    stage.pass(61 * DAY_MS);
    await turn([leader]);
    assert.equal(authoritiesOf(stage).length, 2);
    assert.match(
      leader.keeper.problem() ?? '',
      /^holdfast-1 does not serve the new certificate yet\. /u,
    );
    await turn([late, leader]);
    assert.equal(authoritiesOf(stage).length, 1);
    assert.equal(leader.keeper.problem(), undefined);
  });

  it('survives a leader that dies before any call of a rotation, and another that takes over', async (t) => {
    for (let calls = 0; ; calls += 1) {
      const stage = await openStage(t);
      const follower = stage.replica('holdfast-1');
      stage.api.register();
      await turn([stage.replica('holdfast-0', { leads: true }), follower]);
      stage.pass(61 * DAY_MS);
      const died = await turnUntilCall(stage, calls);
      for (const { certificatePem } of [follower, died.leader]) {
        assert.equal(stage.untrusting(certificatePem()), 0, `after ${calls} calls`);
      }
      const next = stage.replica('holdfast-2', { leads: true, label: 'next' });
      const restarted = stage.replica('holdfast-0');
      restarted.reload();
      await turn([next, follower, restarted]);
      assert.equal(authoritiesOf(stage).length, 1, `after ${calls} calls`);
      for (const { certificatePem, keeper } of [next, follower, restarted]) {
        assert.equal(stage.untrusting(certificatePem()), 0, `after ${calls} calls`);
        assert.equal(keeper.problem(), undefined);
      }
      if (died.isOver) break;
    }
  });

  it('loses no trust while two leaders work against each other, in any order of their calls', async (t) => {
    for (let seed = 1; seed <= 12; seed += 1) await raceTwoLeaders(await openStage(t), seed);
  });

  it('heeds the clock of the API server, and not that of its own machine', async (t) => {
    for (const years of [-5, 5]) {
      const stage = await openStage(t);
      const clockOffMs = years * 365 * DAY_MS;
      const leader = stage.replica('holdfast-0', { leads: true, clockOffMs });
      stage.api.register();
      await turn([leader]);
      assert.equal(stage.untrusting(leader.certificatePem()), 0);
      const [certificate] = parseCertificates(leader.certificatePem());
      const madeMs = (certificate?.validFromDate.getTime() ?? 0) + 5 * 60_000;
      assert.ok(Math.abs(madeMs - stage.api.nowMs) < 2000);
      stage.api.changes.length = 0;
      await turn([leader]);
      assert.deepEqual(stage.api.changes, []);
    }
  });

  it('makes anew what somebody damaged in the Secret, and what is served stays trusted', async (t) => {
    const text = (value: string) => Buffer.from(value).toString('base64');
    const damages: readonly Readonly<Record<string, string>>[] = [
      { 'ca.crt': text('garbage') },
      { 'ca.key': '' },
      { 'tls.crt': text('garbage'), 'tls.key': text('garbage') },
      { 'tls.key': text('x'.repeat(64 * 1024 + 1)) },
      { 'next-ca.crt': text('garbage') },
      { 'ca.crt': '*', 'ca.key': '*', 'tls.crt': '*', 'tls.key': '*' },
    ];
    for (const damage of damages) {
      const stage = await openStage(t);
      const replicas = [stage.replica('holdfast-0', { leads: true })];
      stage.api.register();
      await turn(replicas);
      const secret = stage.api.secret();
      const data = { ...(secret?.['data'] as object), ...damage };
      stage.api.putSecret({ ...secret, data });
      await turn(replicas);
      for (const { keeper, certificatePem } of replicas) {
        assert.equal(stage.untrusting(certificatePem()), 0, JSON.stringify(Object.keys(damage)));
        assert.equal(keeper.problem(), undefined);
      }
      assert.equal(authoritiesOf(stage).length, 1);
    }
  });

  it('makes both anew when the Secret is deleted, by way of two registered authorities', async (t) => {
    const stage = await openStage(t);
    const leader = stage.replica('holdfast-0', { leads: true });
    stage.api.register();
    await turn([leader]);
    stage.api.changes.length = 0;
    stage.api.putSecret(undefined);
    stage.pass(1000);
    await turn([leader]);
    assert.deepEqual(stage.api.changes, [
      'secret next-ca.crt next-ca.key',
      'val trusts 2',
      'mut trusts 2',
      'secret ca.crt ca.key tls.crt tls.key',
      'val trusts 1',
      'mut trusts 1',
    ]);
  });

  it('leaves a Secret of another type alone, and says so', async (t) => {
    const stage = await openStage(t);
    const leader = stage.replica('holdfast-0', { leads: true });
    stage.api.putSecret({ type: 'Opaque', data: {} });
    await turn([leader]);
    assert.deepEqual(stage.api.changes, []);
    assert.match(
      leader.keeper.problem() ?? '',
      /is of type "Opaque", so it belongs to somebody else\. Delete it/u,
    );
    assert.equal(leader.telemetry.entries.filter(({ level }) => level === 'warn').length, 1);
  });

  it('does not serve what was put into the Secret and no registered authority trusts', async (t) => {
    const [stage, elsewhere] = [await openStage(t), await openStage(t)];
    const [follower, leader] = [
      stage.replica('holdfast-0'),
      stage.replica('holdfast-1', { leads: true }),
    ];
    stage.api.register();
    await turn([leader, follower]);
    const served = follower.certificatePem();
    await turn([elsewhere.replica('holdfast-0', { leads: true, label: 'elsewhere' })]);
    stage.api.putSecret(elsewhere.api.secret());
    await turn([follower]);
    assert.equal(follower.certificatePem(), served);
    assert.equal(
      follower.keeper.problem(),
      'The certificate of the Secret is not served: the registered authorities do not trust it',
    );
  });

  it('says what it waits for while the API server is away, and goes on serving', async (t) => {
    const stage = await openStage(t, { leafLifetimeMs: 30 * DAY_MS });
    const leader = stage.replica('holdfast-0', { leads: true });
    await turn([leader]);
    const served = leader.certificatePem();
    stage.api.outage = 'connection refused';
    stage.pass(21 * DAY_MS);
    await turn([leader]);
    assert.equal(leader.keeper.problem(), 'What is registered is unknown: connection refused');
    assert.equal(leader.certificatePem(), served);
    stage.api.outage = undefined;
    await turn([leader]);
    assert.equal(leader.keeper.problem(), undefined);
    assert.notEqual(leader.certificatePem(), served);
  });

  it('waits with a renewal while the API server gets no answer, once it got one', async (t) => {
    const stage = await openStage(t, { leafLifetimeMs: 30 * DAY_MS });
    const leader = stage.replica('holdfast-0', { leads: true });
    stage.api.register();
    await turn([leader]);
    stage.pass(21 * DAY_MS);
    await turn([leader]);
    const served = leader.certificatePem();
    stage.api.answers = false;
    stage.pass(20 * DAY_MS);
    await turn([leader]);
    assert.match(leader.keeper.problem() ?? '', /^The API server gets no answer of Holdfast/u);
    assert.equal(leader.certificatePem(), served);
  });

  it('gives its lease back when it ends', async (t) => {
    const stage = await openStage(t);
    const [leaving, leader] = [
      stage.replica('holdfast-1'),
      stage.replica('holdfast-0', { leads: true }),
    ];
    await turn([leaving, leader]);
    assert.deepEqual(
      leader.keeper.others().map(({ replica }) => replica),
      ['holdfast-1'],
    );
    await leaving.keeper.close();
    await turn([leader]);
    assert.deepEqual(leader.keeper.others(), []);
  });
});

/** A leader that stops for ever before a call; whether it had nothing left to do by then. */
async function turnUntilCall(
  stage: RotationStage,
  calls: number,
): Promise<{ readonly leader: StagedReplica; readonly isOver: boolean }> {
  let left = calls;
  const { promise: stopped, resolve: stop } = Promise.withResolvers<'stopped'>();
  const leader = stage.replica('holdfast-0', {
    leads: true,
    gate: () => {
      left -= 1;
      if (left >= 0) return Promise.resolve();
      stop('stopped');
      return new Promise(() => undefined);
    },
  });
  leader.reload();
  const work = turn([leader], 3).then(() => 'over' as const);
  return { leader, isOver: (await Promise.race([work, stopped])) === 'over' };
}

/** Lets one call of one of two leaders happen after the other, in the order of the seed, until both have nothing to do. */
async function raceTwoLeaders(stage: RotationStage, seed: number): Promise<void> {
  const random = seededRandom(seed);
  const waiting = new Map<string, () => void>();
  const names = ['holdfast-0', 'holdfast-1'];
  stage.api.register();
  await turn([stage.replica('holdfast-0', { leads: true }), stage.replica('holdfast-1')]);
  stage.pass(61 * DAY_MS);
  const leaders = names.map((name) =>
    stage.replica(name, {
      leads: true,
      label: name,
      gate: () => new Promise((resolve) => waiting.set(name, resolve)),
    }),
  );
  for (const leader of leaders) leader.reload();
  const running = new Set(names);
  const works = leaders.map(async (leader) => {
    await turn([leader], 8);
    running.delete(leader.name);
  });
  for (let calls = 0; running.size > 0; calls += 1) {
    assert.ok(calls < 10_000, `seed ${seed} never ends`);
    const ready = [...waiting.keys()].filter((name) => running.has(name));
    const chosen = ready[random(ready.length)];
    if (chosen !== undefined) {
      const go = waiting.get(chosen);
      waiting.delete(chosen);
      go?.();
    }
    // A few rounds of the event loop: whoever went on arrives at its next call, or at its end.
    await new Promise((resolve) => setImmediate(resolve));
    for (const { certificatePem } of leaders) {
      assert.equal(stage.untrusting(certificatePem()), 0, `seed ${seed}, call ${calls}`);
    }
  }
  await Promise.all(works);
  const last = stage.replica('holdfast-0', { leads: true });
  last.reload();
  await turn([last]);
  assert.equal(new Set(stage.api.bundles()).size, 1);
}
