import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isBelow, matchArgocdCredential } from '../../../../src/source/mirror/match-credential.ts';
import type { ArgocdCredential } from '../../../../src/source/mirror/parse-argocd-secret.ts';
import { repositoryOf } from '../../../support/git/test-mirrors.ts';

const SHOP = repositoryOf('https://git.example.com/acme/shop.git');
const NO_TRUST = { authorities: {} };

function credential(
  origin: string,
  url: string,
  more: Partial<ArgocdCredential> = {},
): ArgocdCredential {
  return {
    kind: 'template',
    url,
    authenticates: true,
    reading: { ok: true, credential: { authentication: { kind: 'none' }, origin } },
    ...more,
  };
}

function originOf(credentials: readonly ArgocdCredential[], project = 'shop'): string {
  const found = matchArgocdCredential({ repository: SHOP, project }, credentials, NO_TRUST);
  return found.ok ? found.credential.origin : found.reason;
}

test('the Secret of a repository comes before templates, and the longest template before others', () => {
  const host = credential('host', 'https://git.example.com');
  const acme = credential('acme', 'https://git.example.com/acme');
  const own = credential('own', 'https://git.example.com/acme/shop', { kind: 'repository' });

  assert.equal(originOf([]), 'anonymous');
  assert.equal(originOf([host, acme]), 'acme');
  assert.equal(originOf([acme, host]), 'acme');
  assert.equal(originOf([host, own, acme]), 'own');
});

test('a repository that does not say how to authenticate takes a template', () => {
  const bare = credential('bare', 'https://git.example.com/acme/shop', {
    kind: 'repository',
    authenticates: false,
  });

  assert.equal(originOf([bare, credential('acme', 'https://git.example.com/acme')]), 'acme');
  assert.equal(originOf([bare]), 'bare');
});

test('the Secret of a project is for its applications alone, and comes first for them', () => {
  const url = 'https://git.example.com/acme/shop';
  const scoped = credential('scoped', url, { kind: 'repository', project: 'shop' });
  const common = credential('common', url, { kind: 'repository' });

  assert.equal(originOf([common, scoped]), 'scoped');
  assert.equal(originOf([scoped, common]), 'scoped');
  assert.equal(originOf([scoped, common], 'other'), 'common');
  assert.equal(originOf([scoped], 'other'), 'anonymous');
});

test('a template does not reach another host, port or protocol, however its text begins', () => {
  for (const url of [
    'https://git.example.com',
    'https://git.example.com/',
    'https://git.example.com/ac',
    'https://git.example.com/acme/shop',
    'https://grace@git.example.com/acme',
  ]) {
    assert.ok(isBelow(SHOP, url), url);
  }
  for (const url of [
    'https://git.example.co',
    'https://git.example.com.attacker.test',
    'https://git.example.com:8443/acme',
    'http://git.example.com/acme',
    'git@git.example.com:acme',
    'https://git.example.com/other',
    'https://',
    'malformed',
    '',
  ]) {
    assert.equal(isBelow(SHOP, url), false, url);
  }
  const attacker = repositoryOf('https://git.example.com.attacker.test/acme/shop');
  assert.equal(isBelow(attacker, 'https://git.example.com'), false);
});

test('known hosts and authorities of Argo CD are added, those of the host alone', () => {
  const trust = {
    knownHosts: 'git.example.com ssh-ed25519 AAAA',
    authorities: { 'git.example.com': 'PEM', 'other.example.com': 'OTHER' },
  };
  const found = matchArgocdCredential({ repository: SHOP, project: 'shop' }, [], trust);

  assert.deepEqual(found, {
    ok: true,
    credential: {
      authentication: { kind: 'none' },
      origin: 'anonymous',
      knownHosts: trust.knownHosts,
      authorities: 'PEM',
    },
  });
});

test('a Secret that cannot be used is a reason, and no other is taken in its place', () => {
  const bad = credential('bad', 'https://git.example.com/acme', {
    reading: { ok: false, reason: 'The Secret argocd/bad cannot be used' },
  });
  const host = credential('host', 'https://git.example.com');

  assert.equal(originOf([bad, host]), 'The Secret argocd/bad cannot be used');
});

test('a repository whose own URL is malformed is nobody`s', () => {
  assert.equal(originOf([credential('bad', 'malformed', { kind: 'repository' })]), 'anonymous');
});
