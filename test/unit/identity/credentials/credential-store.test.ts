import assert from 'node:assert/strict';
import { test } from 'node:test';
import { monotonicMs } from '../../../../src/base/clock.ts';
import { CredentialStore } from '../../../../src/identity/credentials/credential-store.ts';
import {
  chooseUnknown,
  editCredentials,
  planAcceptance,
  readCredentials,
} from '../../../../src/identity/credentials/edit-credentials.ts';
import { hashId } from '../../../../src/identity/credentials/credential-secret.ts';
import {
  credentialsSchema,
  type CredentialSettings,
} from '../../../../src/identity/credentials/settings.ts';
import { MemorySecrets } from '../../../support/memory-secrets.ts';

const DAY_MS = 24 * 60 * 60_000;
const SECRET = '/api/v1/namespaces/holdfast-system/secrets/holdfast-credentials';
const scheduler = 'system:kube-scheduler';
const collector = 'system:serviceaccount:kube-system:generic-garbage-collector';
const real = { id: `X509SHA256=${'a1'.repeat(32)}`, kind: 'certificate' } as const;
const forged = { id: `X509SHA256=${'f0'.repeat(32)}`, kind: 'certificate' } as const;
const tokens = [1, 2, 3].map(
  (number) => ({ id: `JTI=00000000-0000-4000-8000-00000000000${number}`, kind: 'token' }) as const,
);
const [first, second, third] = tokens;

class World {
  readonly client = new MemorySecrets();
  nowMs = 1_700_000_000_000;
  settings: CredentialSettings = credentialsSchema.parse({});

  replica(): CredentialStore {
    const clock = { wallMs: () => this.nowMs, monotonicMs: () => monotonicMs(this.nowMs) };
    return new CredentialStore({ client: this.client, clock, settings: () => this.settings });
  }

  async started(): Promise<CredentialStore> {
    const store = this.replica();
    assert.deepEqual(await store.synchronize(), { ok: true });
    return store;
  }
}

/** As `holdfast credential accept` does it. */
async function accept(world: World, username: string, fingerprint = ''): Promise<void> {
  const clock = { wallMs: () => world.nowMs, monotonicMs: () => monotonicMs(world.nowMs) };
  const options = {
    client: world.client,
    clock,
    namespace: 'holdfast-system',
    identitiesMax: 100,
    callMsMax: 1000,
  };
  const choice = { username, fingerprint };
  const chosen = chooseUnknown(await readCredentials(options), choice);
  assert.ok(chosen.ok, fingerprint);
  await editCredentials(options, planAcceptance(choice, chosen.entry, world.nowMs));
}

test('a store that never read its Secret says that nobody can tell', async () => {
  const world = new World();
  world.client.isAway = true;
  const store = world.replica();

  store.see(scheduler, real);
  const outcome = await store.synchronize();

  assert.equal(outcome.ok, false);
  assert.equal(store.standingOf(scheduler, real.id), 'unavailable');
  assert.equal(store.showsCredential(scheduler), false);
});

test('the first credential is learned, and no forged one after it', async () => {
  const store = await new World().started();

  store.see(scheduler, real);
  store.see(scheduler, forged);

  assert.equal(store.standingOf(scheduler, real.id), 'known');
  assert.equal(store.standingOf(scheduler, forged.id), 'unknown');
  assert.equal(store.standingOf(collector, real.id), 'unknown');
});

test('nothing is learned once the time of learning is over, unless it is opened again', async () => {
  const world = new World();
  const store = await world.started();
  world.nowMs += DAY_MS;

  store.see(scheduler, real);
  assert.equal(store.standingOf(scheduler, real.id), 'unknown');

  const until = new Date(world.nowMs + 60_000).toISOString();
  world.settings = credentialsSchema.parse({ learn: { until } });
  store.see(scheduler, real);
  assert.equal(store.standingOf(scheduler, real.id), 'known');
});

test('replicas share what they learn, and none of it is an id', async () => {
  const world = new World();
  const [one, other] = [await world.started(), await world.started()];

  one.see(scheduler, real);
  other.see(collector, { id: 'JTI=0b1f7c1e-6ad5-4f1e-9a3e-3f6a1d2f8f10', kind: 'token' });
  for (const store of [one, other, one]) await store.synchronize();

  assert.equal(other.standingOf(scheduler, real.id), 'known');
  assert.equal(one.showsCredential(collector), true);
  const secret = JSON.stringify(world.client.stored.get(SECRET));
  const text = Buffer.from(
    world.client.stored.get(SECRET)?.data['credentials.json'] ?? '',
    'base64',
  ).toString();
  for (const place of [secret, text]) {
    assert.doesNotMatch(place, /X509SHA256|JTI|a1a1a1a1|0b1f7c1e/u);
  }
});

test('of two replicas that see different first credentials, only one is believed', async () => {
  const world = new World();
  const [one, other] = [await world.started(), await world.started()];

  one.see(scheduler, real);
  other.see(scheduler, forged);
  for (const store of [one, other, one]) await store.synchronize();

  assert.deepEqual(
    [one, other].map((store) => store.standingOf(scheduler, forged.id)),
    ['unknown', 'unknown'],
  );
});

const manager = 'system:kube-controller-manager';
const minter = { username: manager, id: real.id };
const HOUR_MS = 3_600_000;

/** A store that knows the controller manager, and the first token of a controller. */
async function startWithMinter(world: World): Promise<CredentialStore> {
  const store = await world.started();
  assert.ok(first);
  store.see(manager, real);
  store.see(collector, first);
  return store;
}

test('a token is known once it was asked for', async () => {
  const world = new World();
  const store = await startWithMinter(world);
  assert.ok(second);

  store.expectToken(collector, HOUR_MS, minter);
  world.nowMs += 1000;
  store.see(collector, second);

  assert.equal(store.standingOf(collector, second.id), 'known');
});

test('a token that was shown before anybody asked for one stays unknown', async () => {
  const world = new World();
  const store = await startWithMinter(world);
  assert.ok(second && third);

  store.see(collector, second);
  world.nowMs += 1000;
  store.expectToken(collector, HOUR_MS, minter);
  store.see(collector, second);
  store.see(collector, third);

  assert.equal(store.standingOf(collector, second.id), 'unknown');
  assert.equal(store.standingOf(collector, third.id), 'known');
});

test('of two tokens that claim one request neither is known, whichever came first', async () => {
  const world = new World();
  const store = await startWithMinter(world);
  assert.ok(first && second && third);

  store.expectToken(collector, HOUR_MS, minter);
  store.see(collector, second);
  store.see(collector, third);
  store.see(collector, second);

  assert.equal(store.standingOf(collector, second.id), 'unknown');
  assert.equal(store.standingOf(collector, third.id), 'unknown');
  assert.equal(store.standingOf(collector, first.id), 'known');
});

test('a token that was accepted by hand is not doubted', async () => {
  const world = new World();
  const store = await startWithMinter(world);
  assert.ok(second && third);
  store.expectToken(collector, HOUR_MS, minter);
  store.see(collector, second);
  store.see(collector, third);
  await store.synchronize();
  await accept(world, collector, store.fingerprintOf(collector, second.id));

  await store.synchronize();
  store.see(collector, third);

  assert.equal(store.standingOf(collector, second.id), 'known');
  assert.equal(store.standingOf(collector, third.id), 'unknown');
});

test('tokens that a new leader asked for are known once its certificate is accepted', async () => {
  const world = new World();
  const store = await startWithMinter(world);
  assert.ok(second);
  store.see(manager, forged);
  store.expectToken(collector, HOUR_MS, { username: manager, id: forged.id });
  store.see(collector, second);
  await store.synchronize();
  assert.equal(store.standingOf(collector, second.id), 'unknown');

  await accept(world, manager, store.fingerprintOf(manager, forged.id));
  for (let round = 0; round < 2; round += 1) await store.synchronize();

  assert.equal(store.standingOf(collector, second.id), 'known');
});

test('a token that was asked for is expected for no longer than it lives', async () => {
  const world = new World();
  const store = await startWithMinter(world);
  assert.ok(second);

  store.expectToken(collector, 600_000, minter);
  world.nowMs += 600_000;
  store.see(collector, second);

  assert.equal(store.standingOf(collector, second.id), 'unknown');
});

test('a token that was asked for through one replica and used through another is known to both', async () => {
  const world = new World();
  const used = await startWithMinter(world);
  await used.synchronize();
  const asked = await world.started();
  assert.ok(second);

  asked.expectToken(collector, HOUR_MS, minter);
  used.see(collector, second);
  for (const store of [used, asked, used]) await store.synchronize();

  assert.equal(used.standingOf(collector, second.id), 'known');
});

test('a flood of forged ids pushes out nothing that was learned and not shared yet', async () => {
  const world = new World();
  const [store, other] = [await world.started(), await world.started()];
  store.see(scheduler, real);
  world.nowMs += DAY_MS;
  for (let count = 0; count < 1500; count += 1) {
    const id = `X509SHA256=${String(count).padStart(64, '0')}`;
    store.see(`system:node:${String(count)}`, { id, kind: 'certificate' });
    store.see(scheduler, { id, kind: 'certificate' });
  }

  await store.synchronize();
  await other.synchronize();

  assert.equal(other.standingOf(scheduler, real.id), 'known');
});

test('where several credentials were shown and none is known, opening learning learns none', async () => {
  const world = new World();
  const store = await world.started();
  world.nowMs += DAY_MS;
  store.see(scheduler, real);
  store.see(scheduler, forged);

  world.settings = credentialsSchema.parse({
    learn: { until: new Date(world.nowMs + 60_000).toISOString() },
  });
  store.see(scheduler, forged);

  assert.equal(store.standingOf(scheduler, forged.id), 'unknown');
});

test('a Secret that somebody deleted is made again from memory, and opens no learning', async () => {
  const world = new World();
  const store = await world.started();
  store.see(scheduler, real);
  await store.synchronize();
  world.nowMs += 2 * DAY_MS;

  world.client.stored.clear();
  await store.synchronize();
  const restarted = await world.started();
  restarted.see(collector, forged);

  assert.equal(restarted.standingOf(scheduler, real.id), 'known');
  assert.equal(restarted.standingOf(collector, forged.id), 'unknown');
});

test('a garbled Secret is neither believed nor overwritten', async () => {
  const world = new World();
  await world.started();
  const stored = world.client.stored.get(SECRET);
  assert.ok(stored);
  world.client.stored.set(SECRET, { ...stored, data: { key: 'AAAA' } });

  const outcome = await world.replica().synchronize();

  assert.equal(outcome.ok, false);
  assert.deepEqual(world.client.stored.get(SECRET)?.data, { key: 'AAAA' });
});

test('what was read last is kept while the API server is away, and written when it is back', async () => {
  const world = new World();
  const store = await world.started();

  world.client.isAway = true;
  store.see(scheduler, real);
  await store.synchronize();
  assert.equal(store.standingOf(scheduler, real.id), 'known');

  world.client.isAway = false;
  await store.synchronize();
  assert.equal((await world.started()).standingOf(scheduler, real.id), 'known');
});

test('nothing is written while nothing changes', async () => {
  const world = new World();
  const store = await world.started();
  store.see(scheduler, real);
  await store.synchronize();
  const { writes } = world.client;

  store.see(scheduler, real);
  await store.synchronize();

  assert.equal(world.client.writes, writes);
});

test('a pinned credential is known before anything was read', () => {
  const world = new World();
  const credential = `sha256:${hashId(real.id)}`;
  world.settings = credentialsSchema.parse({ pinned: [{ username: scheduler, credential }] });
  const store = world.replica();

  assert.equal(store.standingOf(scheduler, real.id), 'known');
  assert.equal(store.showsCredential(scheduler), true);
  assert.equal(store.standingOf(collector, real.id), 'unavailable');
});

test('a store that never read its Secret has no fingerprint to show, and learns nothing', async () => {
  const world = new World();
  world.client.isAway = true;
  const store = world.replica();

  store.learnSigned(scheduler, real.id);
  await store.synchronize();
  assert.equal(store.fingerprintOf(scheduler, real.id), undefined);

  world.client.isAway = false;
  await store.synchronize();
  assert.equal(store.standingOf(scheduler, real.id), 'unknown');
  assert.match(store.fingerprintOf(scheduler, real.id) ?? '', /^[0-9a-f]+$/u);
});

test('what was learned is used where it cannot be written, and written later', async () => {
  const world = new World();
  const one = await world.started();
  one.see(scheduler, real);
  world.client.isReadOnly = true;

  const outcome = await one.synchronize();

  assert.deepEqual(outcome, { ok: false, reason: 'it is away' });
  assert.equal(one.standingOf(scheduler, real.id), 'known');
  world.client.isReadOnly = false;
  await one.synchronize();
  assert.equal((await world.started()).standingOf(scheduler, real.id), 'known');
});

test('a Secret that somebody put in the place of ours has another key: what was seen under the old one is not mixed in', async () => {
  const world = new World();
  const one = await world.started();
  one.see(scheduler, real);
  await one.synchronize();
  const before = one.fingerprintOf(scheduler, real.id);
  one.see(collector, { id: tokens[0]?.id ?? '', kind: 'token' });
  world.client.stored.clear();
  await world.started();

  await one.synchronize();

  assert.notEqual(one.fingerprintOf(scheduler, real.id), before);
  assert.equal(one.standingOf(scheduler, real.id), 'unknown');
});

test('the fingerprints of forged ids are without end, and only the newest are kept', async () => {
  const store = await new World().started();
  store.see(scheduler, real);

  for (let number = 0; number < 20_000; number += 1) {
    store.standingOf(scheduler, `X509SHA256=${number.toString(16).padStart(64, '0')}`);
  }

  assert.equal(store.standingOf(scheduler, real.id), 'known');
});
