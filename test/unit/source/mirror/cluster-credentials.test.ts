import assert from 'node:assert/strict';
import { test } from 'node:test';
import { systemClock } from '../../../../src/base/clock.ts';
import type { ApiReading } from '../../../../src/kubernetes/client/cluster-client.ts';
import { ClusterCredentials } from '../../../../src/source/mirror/cluster-credentials.ts';
import { repositoryOf } from '../../../support/git/test-mirrors.ts';

const SHOP = repositoryOf('https://git.example.com/acme/shop');
const ROOT = '/api/v1/namespaces/argocd';
const LIST = `${ROOT}/secrets?labelSelector=argocd.argoproj.io%2Fsecret-type%20in%20(repository%2Crepo-creds)&limit=1000`;

function open(answers: Readonly<Record<string, ApiReading>>) {
  const asked: string[] = [];
  const credentials = new ClusterCredentials({
    clock: systemClock,
    argocdNamespace: 'argocd',
    client: {
      read: async (path) => {
        asked.push(path);
        return answers[path] ?? { status: 'absent' };
      },
    },
  });
  return { credentials, asked };
}

const read = (body: unknown): ApiReading => ({ status: 'read', body });
const refused: ApiReading = {
  status: 'unavailable',
  code: 'lookup_forbidden',
  reason: 'forbidden',
};

test('what Argo CD keeps is read: Secrets by their label, known hosts and authorities', async () => {
  const { credentials, asked } = open({
    [LIST]: read({ items: [{ metadata: {} }] }),
    [`${ROOT}/configmaps/argocd-ssh-known-hosts-cm`]: read({ data: { ssh_known_hosts: 'HOSTS' } }),
    [`${ROOT}/configmaps/argocd-tls-certs-cm`]: read({ data: { 'git.example.com': 'PEM' } }),
  });

  assert.deepEqual(await credentials.forArgocd(SHOP, 'default'), {
    ok: true,
    credential: {
      authentication: { kind: 'none' },
      origin: 'anonymous',
      knownHosts: 'HOSTS',
      authorities: 'PEM',
    },
  });
  assert.equal(asked[0], LIST);
});

test('an Argo CD that keeps nothing has no credential', async () => {
  const { credentials } = open({ [LIST]: read({}) });

  assert.equal((await credentials.forArgocd(SHOP, 'default')).ok, true);
});

test('what cannot be read is a reason: never taken for "there is none"', async () => {
  const hosts = `${ROOT}/configmaps/argocd-ssh-known-hosts-cm`;
  const certificates = `${ROOT}/configmaps/argocd-tls-certs-cm`;
  for (const answers of [
    { [LIST]: refused },
    { [LIST]: read({ metadata: { continue: 'more' }, items: [] }) },
    { [LIST]: read('text') },
    { [LIST]: read({}), [hosts]: refused },
    { [LIST]: read({}), [hosts]: read({ data: 7 }) },
    { [LIST]: read({}), [certificates]: refused },
  ]) {
    assert.equal((await open(answers).credentials.forArgocd(SHOP, 'default')).ok, false);
  }
});

test('the Secret that a Flux source names is read, and must be there', async () => {
  const place = { namespace: 'flux-system', name: 'fleet' };
  const path = '/api/v1/namespaces/flux-system/secrets/fleet';
  const { credentials } = open({ [path]: read({ metadata: { ...place } }) });

  assert.deepEqual(await credentials.forFlux(SHOP, place), {
    ok: true,
    credential: { authentication: { kind: 'none' }, origin: 'flux-system/fleet' },
  });
  const other = { ...place, name: 'other' };
  assert.deepEqual(await credentials.forFlux(SHOP, other), {
    ok: false,
    reason: 'There is no Secret flux-system/other',
  });
  assert.equal((await credentials.forFlux(SHOP, { ...place, name: '..' })).ok, false);
  assert.equal((await open({ [path]: refused }).credentials.forFlux(SHOP, place)).ok, false);
});
