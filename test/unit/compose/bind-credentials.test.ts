import assert from 'node:assert/strict';
import { hash, X509Certificate } from 'node:crypto';
import { test } from 'node:test';
import { monotonicMs } from '../../../src/base/clock.ts';
import { believe, bindCredentials } from '../../../src/compose/bind-credentials.ts';
import type { ActorFact } from '../../../src/identity/actor.ts';
import { createActorClassifier } from '../../../src/identity/classify-actor.ts';
import { CredentialStore } from '../../../src/identity/credentials/credential-store.ts';
import { credentialsSchema } from '../../../src/identity/credentials/settings.ts';
import type { AdmissionRequest, UserInfo } from '../../../src/kubernetes/admission-request.ts';
import { sampleRequest } from '../../support/admission-samples.ts';
import { issueTestCertificate } from '../../support/certificates.ts';
import { MemorySecrets } from '../../support/memory-secrets.ts';

const KEY = 'authentication.kubernetes.io/credential-id';
const manager = 'system:kube-controller-manager';
const signer = 'system:serviceaccount:kube-system:certificate-controller';
const certificate = (digit: string) => `X509SHA256=${digit.repeat(64)}`;
const token = (digit: string) => `JTI=00000000-0000-4000-8000-00000000000${digit}`;
const settings = credentialsSchema.parse({});
const classify = createActorClassifier({
  writers: [],
  operators: [{ name: 'cert-manager', username: 'cert-manager' }],
});

function user(username: string, id?: string): UserInfo {
  const extra = id === undefined ? {} : { [KEY]: [id] };
  const groups = username.startsWith('system:node:') ? ['system:nodes'] : [];
  return { username, uid: 'u', groups, extra };
}

async function startWorld(given = settings) {
  const clock = { wallMs: () => 0, monotonicMs: () => monotonicMs(0) };
  const client = new MemorySecrets();
  const store = new CredentialStore({ client, clock, settings: () => given });
  await store.synchronize();
  const read = bindCredentials({ store, settings: given });
  const ask = (userInfo: UserInfo, changes: Partial<AdmissionRequest> = {}): ActorFact =>
    read(sampleRequest({ userInfo, ...changes }), classify(userInfo));
  const statusOf = (userInfo: UserInfo, changes: Partial<AdmissionRequest> = {}) => {
    const { credential } = ask(userInfo, changes);
    return credential && `${credential.status} ${credential.kind} ${String(credential.believed)}`;
  };
  return { statusOf, ask, store };
}

function tokenRequest(name: string): Partial<AdmissionRequest> {
  return {
    operation: 'CREATE',
    resource: { group: '', version: 'v1', resource: 'serviceaccounts' },
    subResource: 'token',
    namespace: 'kube-system',
    name,
    object: { spec: {} },
  };
}

test('bindCredentials() tells a known credential from a forged and from a missing one', async () => {
  const { statusOf } = await startWorld();

  assert.equal(statusOf(user(manager, certificate('1'))), 'known certificate true');
  assert.equal(statusOf(user(manager, certificate('2'))), 'unknown certificate false');
  assert.equal(statusOf(user(manager)), 'unknown none false');
  assert.equal(statusOf({ ...user(manager), extra: { [KEY]: ['x'] } }), 'unknown none false');
});

test('bindCredentials() believes who never shows a credential, where that is normal', async () => {
  const normal = await startWorld();
  const strict = await startWorld(credentialsSchema.parse({ absent: 'refuse' }));

  assert.equal(normal.statusOf(user('system:node:cloud')), 'absent none true');
  assert.equal(strict.statusOf(user('system:node:cloud')), 'absent none false');
});

test('bindCredentials() never learns a credential of the API server’s own client', async () => {
  const { statusOf } = await startWorld();

  assert.equal(statusOf(user('system:apiserver')), 'absent none true');
  assert.equal(statusOf(user('system:apiserver', certificate('1'))), 'unknown none false');
  assert.equal(statusOf(user('system:apiserver')), 'absent none true');
});

test('bindCredentials() learns nothing from a dry run', async () => {
  const { statusOf } = await startWorld();

  assert.equal(
    statusOf(user(manager, certificate('2')), { dryRun: true }),
    'unknown certificate false',
  );
  assert.equal(statusOf(user(manager, certificate('1'))), 'known certificate true');
});

test('bindCredentials() says nothing of people and writers', async () => {
  const { ask } = await startWorld();

  assert.equal(ask(user('alice', certificate('1'))).credential, undefined);
});

test('bindCredentials() leaves an operator’s tokens to its pod, and learns its certificate', async () => {
  const { statusOf } = await startWorld();

  assert.equal(statusOf(user('cert-manager', token('1'))), 'unavailable token true');
  assert.equal(statusOf(user('cert-manager', certificate('1'))), 'known certificate true');
  assert.equal(statusOf(user('cert-manager')), 'unknown none false');
});

test('bindCredentials() knows a token that the known controller manager asked for', async () => {
  const account = 'system:serviceaccount:kube-system:job-controller';
  const { statusOf } = await startWorld();
  statusOf(user(manager, certificate('1')));
  statusOf(user(account, token('1')));

  statusOf(user(manager, certificate('2')), tokenRequest('job-controller'));
  statusOf(user('alice'), tokenRequest('job-controller'));
  assert.equal(statusOf(user(account, token('2'))), 'unknown token false');

  statusOf(user(manager, certificate('1')), tokenRequest('job-controller'));
  assert.equal(statusOf(user(account, token('3'))), 'known token true');
});

const authority = issueTestCertificate({ purpose: 'authority', commonNames: ['kubernetes'] });

function signFor(node: string, spec: object) {
  const { cert } = issueTestCertificate({
    purpose: 'client',
    commonNames: [node],
    organizations: ['system:nodes'],
    issuer: authority,
  });
  const request: Partial<AdmissionRequest> = {
    operation: 'UPDATE',
    resource: {
      group: 'certificates.k8s.io',
      version: 'v1',
      resource: 'certificatesigningrequests',
    },
    subResource: 'status',
    object: {
      spec: { signerName: 'kubernetes.io/kube-apiserver-client-kubelet', ...spec },
      status: { certificate: Buffer.from(cert).toString('base64') },
    },
  };
  const id = `X509SHA256=${hash('sha256', new X509Certificate(cert).raw, 'hex')}`;
  return { request, id };
}

/** The controller manager is first seen, and asks for the token of the controller that signs. */
async function startWithKnownSigner(given = settings) {
  const world = await startWorld(given);
  world.statusOf(user(manager, certificate('1')));
  world.statusOf(user(manager, certificate('1')), tokenRequest('certificate-controller'));
  assert.equal(world.statusOf(user(signer, token('1'))), 'known token true');
  return world;
}

test('bindCredentials() knows a node’s renewed certificate, and none that somebody had signed for it', async () => {
  const node = 'system:node:a';
  const { statusOf } = await startWithKnownSigner();
  statusOf(user(node, certificate('1')));
  const own = signFor(node, { username: node, extra: { [KEY]: [certificate('1')] } });
  const impersonated = signFor(node, { username: node });
  const bootstrapped = signFor(node, { username: 'x', groups: ['system:bootstrappers'] });

  for (const { request } of [own, impersonated, bootstrapped]) {
    statusOf(user(signer, token('1')), request);
  }

  assert.equal(statusOf(user(node, own.id)), 'known certificate true');
  assert.equal(statusOf(user(node, impersonated.id)), 'unknown certificate false');
  assert.equal(statusOf(user(node, bootstrapped.id)), 'unknown certificate false');
});

const closed = credentialsSchema.parse({
  learn: { firstMs: 0 },
  pinned: [
    {
      username: manager,
      credential: `sha256:${hash('sha256', certificate('1'), 'hex')}`,
    },
  ],
});

test('bindCredentials() knows the certificate of a node that joins', async () => {
  const node = 'system:node:new';
  const { statusOf } = await startWithKnownSigner(closed);
  const joined = signFor(node, { username: 'x', groups: ['system:bootstrappers'] });
  const attested = signFor('system:node:cloud', { username: 'node-attester' });
  const missed = signFor('system:node:missed', { username: 'x' });

  statusOf(user(signer), missed.request);
  assert.equal(statusOf(user('system:node:missed', missed.id)), 'unknown certificate false');
  statusOf(user(signer, token('1')), missed.request);
  assert.equal(statusOf(user('system:node:missed', missed.id)), 'unknown certificate false');

  for (const { request } of [joined, attested]) statusOf(user(signer, token('1')), request);
  assert.equal(statusOf(user(node, joined.id)), 'known certificate true');
  assert.equal(statusOf(user('system:node:cloud', attested.id)), 'known certificate true');
});

test('bindCredentials() learns nothing from a name that shows no credential, before the real one was first seen', async () => {
  const node = 'system:node:a';
  const account = 'system:serviceaccount:kube-system:job-controller';
  const { statusOf, store } = await startWorld();
  const madeUp = signFor(node, { username: node });

  for (const name of [signer, manager]) {
    assert.equal(statusOf(user(name), madeUp.request), 'absent none true');
    statusOf(user(name), tokenRequest('job-controller'));
  }

  assert.equal(store.showsCredential(node), false);
  statusOf(user(manager, certificate('1')));
  statusOf(user(account, token('1')));
  assert.equal(statusOf(user(account, token('2'))), 'unknown token false');
});

test('bindCredentials() cannot tell what is issued by somebody who shows no credential', async () => {
  const account = 'system:serviceaccount:kube-system:job-controller';
  const { statusOf } = await startWorld();

  assert.equal(statusOf(user(account, token('1'))), 'known token true');
  assert.equal(statusOf(user(account, token('2'))), 'unavailable token true');
  assert.equal(statusOf(user(account)), 'unknown none false');
  assert.equal(statusOf(user('system:node:a', certificate('1'))), 'known certificate true');
  assert.equal(statusOf(user('system:node:a', certificate('2'))), 'unavailable certificate true');
});

test('bindCredentials() names an unknown credential by its fingerprint, and no other one', async () => {
  const { ask, store } = await startWorld();

  assert.equal(ask(user(manager, certificate('1'))).credential?.fingerprint, undefined);
  const shown = ask(user(manager, certificate('2'))).credential;
  assert.deepEqual(shown, {
    status: 'unknown',
    kind: 'certificate',
    believed: false,
    fingerprint: store.fingerprintOf(manager, certificate('2')),
  });
  assert.match(shown?.fingerprint ?? '', /^[0-9a-f]{12}$/u);
});

test('believe() refuses nothing where the configuration only observes or asks nobody', () => {
  const unknown = { status: 'unknown', kind: 'token' } as const;

  assert.equal(believe(unknown, { mode: 'observe', absent: 'refuse' }).believed, true);
  assert.equal(believe(unknown, { mode: 'enforce', absent: 'accept' }).believed, false);
});
