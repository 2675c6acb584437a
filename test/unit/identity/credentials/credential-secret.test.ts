import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { addMs, systemClock } from '../../../../src/base/clock.ts';
import {
  fingerprintOf,
  hashBytes,
  hashId,
  readCredentialSecret,
  writeCredentialSecret,
  type SecretPlace,
} from '../../../../src/identity/credentials/credential-secret.ts';
import type { CredentialTable } from '../../../../src/identity/credentials/credential-table.ts';
import { formatTable } from '../../../../src/identity/credentials/stored-table.ts';
import type { ConnectedCluster } from '../../../../src/kubernetes/client/cluster-client.ts';
import {
  startFakeApiServer,
  type FakeAnswer,
  type FakeApiServer,
  type FakeWrite,
} from '../../../support/fake-api-server.ts';
import { connectToFake } from '../../../support/fake-client.ts';

const SECRETS = '/api/v1/namespaces/holdfast-system/secrets';
const SECRET = `${SECRETS}/holdfast-credentials`;
const key = Buffer.alloc(32, 1);
const entry = {
  fingerprint: 'a'.repeat(32),
  kind: 'certificate',
  learnedBy: 'first',
  firstSeenMs: 1000,
  lastSeenMs: 2000,
} as const;
const table: CredentialTable = {
  createdMs: 0,
  identities: new Map([['system:kube-scheduler', [entry]]]),
};
const metadata = { name: 'holdfast-credentials', resourceVersion: '7' };
const data = {
  key: key.toString('base64'),
  'credentials.json': Buffer.from(formatTable(table)).toString('base64'),
};

let server: FakeApiServer;
let client: ConnectedCluster;
before(async () => {
  server = await startFakeApiServer();
  client = await connectToFake(server);
});
after(async () => {
  client.close();
  await server.stop();
});

function placeNow(namespace = 'holdfast-system'): SecretPlace {
  return { client, namespace, deadlineAtMs: addMs(systemClock.monotonicMs(), 10_000) };
}

describe('fingerprintOf()', () => {
  const scheduler = 'system:kube-scheduler';

  it('is the first half of an HMAC over the username and the hash of the id', () => {
    const hashed = hashId('abc');

    assert.equal(hashed, 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
    assert.equal(hashBytes(Buffer.from('abc')), hashed);
    assert.equal(fingerprintOf(key, scheduler, hashed), '72351a6f4018861aa6664b9bfe75221b');
  });

  it('differs by key, username and id', () => {
    const fingerprints = new Set([
      fingerprintOf(key, scheduler, hashId('1')),
      fingerprintOf(Buffer.alloc(32, 2), scheduler, hashId('1')),
      fingerprintOf(key, 'system:node:a', hashId('1')),
      fingerprintOf(key, scheduler, hashId('2')),
    ]);

    assert.equal(fingerprints.size, 4);
  });
});

describe('readCredentialSecret()', () => {
  it('reads the key, the table and the version', async () => {
    server.answer(SECRET, { body: { metadata, data } });

    assert.deepEqual(await readCredentialSecret(placeNow()), {
      status: 'read',
      key,
      table,
      resourceVersion: '7',
    });
  });

  it('tells an absent Secret from one that may not be read', async () => {
    server.answer(SECRET, { status: 403, text: 'no' });

    assert.deepEqual(await readCredentialSecret(placeNow('elsewhere')), { status: 'absent' });
    assert.deepEqual(await readCredentialSecret(placeNow()), {
      status: 'unavailable',
      code: 'lookup_forbidden',
      reason: `The API server answered 403 to GET ${SECRET}: no`,
    });
  });

  const garbled: Readonly<Record<string, unknown>> = {
    'no object': 'text',
    'no version': { metadata: { name: 'holdfast-credentials' }, data },
    'no data': { metadata },
    'data that is not base64': { metadata, data: { ...data, key: '%' } },
    'no key': { metadata, data: { 'credentials.json': data['credentials.json'] } },
    'a key of 31 bytes': { metadata, data: { ...data, key: Buffer.alloc(31).toString('base64') } },
    'no table': { metadata, data: { key: data.key } },
    'a table of another version': {
      metadata,
      data: { ...data, 'credentials.json': Buffer.from('{"version":2}').toString('base64') },
    },
  };
  for (const [fault, body] of Object.entries(garbled)) {
    it(`holds a Secret with ${fault} unavailable`, async () => {
      server.answer(SECRET, { text: JSON.stringify(body) });

      assert.deepEqual(await readCredentialSecret(placeNow()), {
        status: 'unavailable',
        code: 'lookup_failed',
        reason:
          'Secret holdfast-system/holdfast-credentials cannot be read as a table of credentials',
      });
    });
  }
});

describe('writeCredentialSecret()', () => {
  /** What was sent, and what came of it. */
  async function writeTo(answer: FakeAnswer, resourceVersion?: string) {
    const sent: FakeWrite[] = [];
    server.answerWrites((write) => {
      sent.push(write);
      return answer;
    });
    const version = resourceVersion === undefined ? {} : { resourceVersion };
    const written = await writeCredentialSecret(placeNow(), { key, table, ...version });
    return { sent, written };
  }

  const secret = { apiVersion: 'v1', kind: 'Secret', type: 'holdfast.dev/credentials', data };
  const place = { name: 'holdfast-credentials', namespace: 'holdfast-system' };
  const contentType = 'application/json';

  it('makes a Secret where no version was read', async () => {
    assert.deepEqual(await writeTo({ status: 201 }), {
      sent: [{ method: 'POST', path: SECRETS, contentType, body: { ...secret, metadata: place } }],
      written: { status: 'written' },
    });
  });

  it('writes over the version that was read and no other', async () => {
    const body = { ...secret, metadata: { ...place, resourceVersion: '7' } };

    assert.deepEqual(await writeTo({}, '7'), {
      sent: [{ method: 'PUT', path: SECRET, contentType, body }],
      written: { status: 'written' },
    });
  });

  it('tells a conflict from what failed', async () => {
    const outcomes: unknown[] = [];
    for (const status of [409, 404, 403, 503]) {
      outcomes.push((await writeTo({ status, text: 'no' })).written);
    }

    const asked = `to POST ${SECRETS}: no`;
    assert.deepEqual(outcomes, [
      { status: 'conflict' },
      { status: 'failed', reason: 'There is no namespace "holdfast-system"' },
      { status: 'failed', reason: `The API server answered 403 ${asked}` },
      { status: 'failed', reason: `The API server answered 503 ${asked}` },
    ]);
  });
});
