import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { monotonicMs } from '../../../../src/base/clock.ts';
import type { ApiReading } from '../../../../src/kubernetes/client/cluster-client.ts';
import type { RegistryCredentials } from '../../../../src/image/registry/parse-docker-config.ts';
import { PullCredentials } from '../../../../src/image/registry/pull-credentials.ts';
import { REGISTRY_LIMITS } from '../../../../src/image/registry/settings.ts';

const SCOPE = { namespace: 'shop', pullSecrets: ['regcred'], serviceAccount: 'default' };
const SECRETS_MAX = REGISTRY_LIMITS['image.registry.pullSecretsMax'].default;
const BYTES_MAX = REGISTRY_LIMITS['image.registry.pullSecretBytesMax'].default;
const LIFE_MS = REGISTRY_LIMITS['image.registry.pullCredentialsLifeMs'].default;

const pathOf = (name: string, resource = 'secrets', namespace = 'shop'): string =>
  `/api/v1/namespaces/${namespace}/${resource}/${name}`;

function passwords(hosts: Readonly<Record<string, string>>) {
  return Object.fromEntries(
    Object.entries(hosts).map(([host, password]) => [
      host,
      { auth: Buffer.from(`ada:${password}`).toString('base64') },
    ]),
  );
}

function encode(value: unknown): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return Buffer.from(text).toString('base64');
}

function secret(name: string, type: string, data: Readonly<Record<string, string>>): ApiReading {
  const metadata = { name, namespace: 'shop', uid: `uid-${name}`, resourceVersion: '7' };
  return { status: 'read', body: { metadata, type, data } };
}

function current(name: string, hosts: Readonly<Record<string, string>>): ApiReading {
  const data = { '.dockerconfigjson': encode({ auths: passwords(hosts) }) };
  return secret(name, 'kubernetes.io/dockerconfigjson', data);
}

function legacy(name: string, hosts: Readonly<Record<string, string>>): ApiReading {
  return secret(name, 'kubernetes.io/dockercfg', { '.dockercfg': encode(passwords(hosts)) });
}

function serviceAccount(...names: readonly string[]): ApiReading {
  return { status: 'read', body: { imagePullSecrets: names.map((name) => ({ name })) } };
}

const forbidden: ApiReading = {
  status: 'unavailable',
  code: 'lookup_forbidden',
  reason: 'The API server answered 403',
};

function open(
  answers: Readonly<Record<string, ApiReading>>,
  configured: RegistryCredentials = new Map(),
) {
  const asked: string[] = [];
  let nowMs = 0;
  const credentials = new PullCredentials({
    clock: { wallMs: () => nowMs, monotonicMs: () => monotonicMs(nowMs) },
    configured,
    client: {
      read: async (path) => {
        asked.push(path);
        return answers[path] ?? { status: 'absent' };
      },
    },
  });
  const advance = (byMs: number): void => {
    nowMs += byMs;
  };
  return { credentials, asked, advance };
}

async function readPasswords(
  credentials: PullCredentials,
  scope: Parameters<PullCredentials['read']>[0] = SCOPE,
): Promise<unknown> {
  const reading = await credentials.read(scope);
  if (reading.status !== 'read') return reading;
  return Object.fromEntries(
    [...reading.credentials].map(([host, one]) => [
      host,
      one.kind === 'password' ? one.password : one.token,
    ]),
  );
}

async function skippedOf(answers: Readonly<Record<string, ApiReading>>, pullSecrets = ['regcred']) {
  const reading = await open(answers).credentials.read({ ...SCOPE, pullSecrets });
  assert.equal(reading.status, 'read');
  return reading.skipped;
}

describe('PullCredentials', () => {
  it('reads both formats, and the first Secret that has the registry counts', async () => {
    const { credentials, asked } = open(
      {
        [pathOf('a')]: legacy('a', { 'registry.example.com': 'first' }),
        [pathOf('b')]: current('b', { 'registry.example.com': 'second', 'ghcr.io': 'b' }),
      },
      new Map([
        ['ghcr.io', { kind: 'password', username: 'ada', password: 'configured' }],
        ['docker.io', { kind: 'identity-token', token: 'configured' }],
      ]),
    );

    const reading = await credentials.read({ ...SCOPE, pullSecrets: ['a', 'b'] });

    assert.deepEqual(reading, {
      status: 'read',
      credentials: new Map([
        ['registry.example.com', { kind: 'password', username: 'ada', password: 'first' }],
        ['ghcr.io', { kind: 'password', username: 'ada', password: 'b' }],
        ['docker.io', { kind: 'identity-token', token: 'configured' }],
      ]),
      origins: new Map([
        ['registry.example.com', 'Secret shop/a uid-a/7'],
        ['ghcr.io', 'Secret shop/b uid-b/7'],
        ['docker.io', 'configured'],
      ]),
      skipped: [],
    });
    assert.deepEqual(asked, [pathOf('a'), pathOf('b')]);
  });

  it('reads the Secrets of the service account where the Pod names none, and only there', async () => {
    const answers = {
      [pathOf('builder', 'serviceaccounts')]: serviceAccount('account'),
      [pathOf('account')]: current('account', { 'ghcr.io': 'account' }),
      [pathOf('regcred')]: current('regcred', { 'docker.io': 'pod' }),
    };
    const scope = { ...SCOPE, serviceAccount: 'builder' };
    const { credentials } = open(answers);
    assert.deepEqual(await readPasswords(credentials, { ...scope, pullSecrets: [] }), {
      'ghcr.io': 'account',
    });
    assert.deepEqual(await readPasswords(credentials, scope), { 'docker.io': 'pod' });
  });

  it('has no credential where there is no service account, or one that names no Secret', async () => {
    const scope = { ...SCOPE, pullSecrets: [] };
    assert.deepEqual(await readPasswords(open({}).credentials, scope), {});
    const account = { status: 'read', body: {} } as const;
    const { credentials } = open({ [pathOf('default', 'serviceaccounts')]: account });
    assert.deepEqual(await readPasswords(credentials, scope), {});
  });

  it('asks in the namespace of the Pod alone, whatever the names are', async () => {
    const { credentials, asked } = open({});
    const pullSecrets = ['../../other/secrets/regcred', '..', 'a?b'];
    assert.deepEqual(await readPasswords(credentials, { ...SCOPE, pullSecrets }), {});
    assert.deepEqual(asked, [pathOf('..%2F..%2Fother%2Fsecrets%2Fregcred'), pathOf('a%3Fb')]);
  });

  it('skips a Secret that cannot be used, says why, and shows nothing of it', async () => {
    const bad = encode({ auths: { 'ghcr.io': { auth: 'bm9jb2xvbg==' } } });
    const type = 'kubernetes.io/dockerconfigjson';
    for (const [reading, reason] of [
      [{ status: 'absent' }, 'There is no such Secret'],
      [{ status: 'read', body: 'text' }, 'It is malformed'],
      [
        secret('regcred', 'Opaque', {}),
        'Its type is "Opaque", and not kubernetes.io/dockerconfigjson or kubernetes.io/dockercfg',
      ],
      [secret('regcred', type, {}), 'It has no key ".dockerconfigjson"'],
      [
        secret('regcred', type, { '.dockerconfigjson': encode('hidden') }),
        'Its key ".dockerconfigjson" cannot be used: it is no JSON',
      ],
      [
        secret('regcred', type, { '.dockerconfigjson': bad }),
        'Its key ".dockerconfigjson" cannot be used: the credential for "ghcr.io" cannot be read',
      ],
    ] as const) {
      const answers = {
        [pathOf('regcred')]: reading,
        [pathOf('next')]: current('next', { 'ghcr.io': 'next' }),
      };
      assert.deepEqual(await skippedOf(answers, ['regcred', 'next']), [
        { secret: 'shop/regcred', reason },
      ]);
    }
  });

  it('bounds the number and the bytes of Secrets, and goes on with those that fit', async () => {
    const names = Array.from({ length: SECRETS_MAX + 1 }, (_, index) => `s${index}`);
    const last = names.at(-1) ?? '';
    const few = Object.fromEntries(
      names.map((name) => [pathOf(name), current(name, { [`${name}.example.com`]: 'p' })]),
    );
    assert.deepEqual(await skippedOf(few, names), [
      {
        secret: `shop/${last}`,
        reason: `Of ${SECRETS_MAX + 1} pull secrets, ${SECRETS_MAX} are read`,
      },
    ]);
    const large = current('large', { 'ghcr.io': 'x'.repeat(BYTES_MAX) });
    const answers = {
      [pathOf('large')]: large,
      [pathOf('small')]: current('small', { 'ghcr.io': 'small' }),
    };
    const reason = `The pull secrets have more than ${BYTES_MAX} bytes`;
    assert.deepEqual(await skippedOf(answers, ['large', 'small']), [
      { secret: 'shop/large', reason },
    ]);
  });

  it('is unavailable where nobody can tell, and names the remedy where it may not read', async () => {
    const refused = await open({ [pathOf('regcred')]: forbidden }).credentials.read(SCOPE);
    assert.equal(refused.status, 'unavailable');
    assert.equal(
      refused.reason,
      'The API server does not let Holdfast read the Secret shop/regcred, which may have the credential for the image: give its service account "get" on secrets in shop',
    );
    const account = pathOf('default', 'serviceaccounts');
    for (const answer of [
      forbidden,
      { status: 'unavailable', code: 'lookup_timed_out', reason: 'no answer' },
      { status: 'read', body: { imagePullSecrets: 'text' } },
    ] as const) {
      const { credentials } = open({ [account]: answer });
      const reading = await credentials.read({ ...SCOPE, pullSecrets: [] });
      assert.equal(reading.status, 'unavailable');
    }
  });

  it('keeps what it found for a short time, and an unavailability not at all', async () => {
    const answers: Record<string, ApiReading> = { [pathOf('regcred')]: forbidden };
    const { credentials, asked, advance } = open(answers);
    await credentials.read(SCOPE);
    answers[pathOf('regcred')] = current('regcred', { 'ghcr.io': 'old' });
    assert.deepEqual(await readPasswords(credentials), { 'ghcr.io': 'old' });
    answers[pathOf('regcred')] = current('regcred', { 'ghcr.io': 'new' });
    assert.deepEqual(await readPasswords(credentials), { 'ghcr.io': 'old' });
    advance(LIFE_MS);
    assert.deepEqual(await readPasswords(credentials), { 'ghcr.io': 'new' });
    assert.equal(asked.length, 3);
  });

  it('reads once for Pods of one scope at the same time, and apart for other namespaces', async () => {
    const { credentials, asked } = open({});
    await Promise.all([
      credentials.read(SCOPE),
      credentials.read({ ...SCOPE, serviceAccount: 'other' }),
      credentials.read({ ...SCOPE, namespace: 'bank' }),
    ]);
    assert.deepEqual(asked, [pathOf('regcred'), pathOf('regcred', 'secrets', 'bank')]);
  });
});
