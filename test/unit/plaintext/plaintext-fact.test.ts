import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { monotonicMs } from '../../../src/base/clock.ts';
import type { ObjectLookup } from '../../../src/kubernetes/lookup/lookup.ts';
import {
  applicationReference,
  helmReleaseReference,
  type ObjectReference,
} from '../../../src/kubernetes/object-reference.ts';
import { describePlaintext } from '../../../src/plaintext/plaintext-fact.ts';
import { drawPassword } from '../../support/sample-credentials.ts';

const secrets = { group: '', version: 'v1', resource: 'secrets' };
const configMaps = { group: '', version: 'v1', resource: 'configmaps' };
const data = { password: Buffer.from(drawPassword()).toString('base64') };
const secret = { resource: secrets, object: { metadata: { name: 'db' }, data } };
const deadlineAtMs = monotonicMs(1);

function options(answer?: ObjectLookup, application?: ObjectReference) {
  return {
    application,
    deadlineAtMs,
    isLive: true,
    lookupObject: (reference: ObjectReference, askedAtMs: number) => {
      assert.deepEqual([reference, askedAtMs], [application, deadlineAtMs]);
      return answer === undefined
        ? Promise.reject(new Error('Not asked'))
        : Promise.resolve(answer);
    },
  };
}

const shop = applicationReference('argocd', 'shop');

describe('describePlaintext()', () => {
  it('tells the credentials of what is no Secret, at once', () => {
    const object = { metadata: { name: 'app' }, data: { password: drawPassword() } };
    assert.deepEqual(describePlaintext({ resource: configMaps, object }, options()), {
      credentials: [{ path: 'data.password', kind: 'named secret' }],
      isTruncated: false,
      secretKeys: [],
    });
    const resource = { group: 'example.com', version: 'v1', resource: 'secrets' };
    assert.equal(
      'then' in describePlaintext({ resource, object, oldObject: object }, options()),
      false,
    );
  });

  it('asks nobody for a Secret that has nothing new', () => {
    assert.deepEqual(describePlaintext({ ...secret, oldObject: secret.object }, options()), {
      credentials: [],
      isTruncated: false,
      secretKeys: [],
    });
  });

  for (const [what, given, decryption] of [
    ['nothing without an application', options(), { status: 'known', value: null }],
    [
      'what the application says',
      options({ status: 'found', object: { spec: { source: { plugin: {} } } } }, shop),
      { status: 'known', value: { by: 'plugin', name: '' } },
    ],
    [
      'nothing where there is no such application',
      options({ status: 'absent' }, shop),
      { status: 'known', value: null },
    ],
    [
      'that the application could not be read',
      options({ status: 'unavailable', code: 'lookup_failed', reason: 'no answer' }, shop),
      { status: 'unavailable', reason: 'no answer' },
    ],
    [
      'that the application has another form',
      options({ status: 'found', object: {} }, shop),
      { status: 'unavailable', reason: 'the Application is malformed' },
    ],
    [
      'a release, without asking for it',
      options(undefined, helmReleaseReference('shop', 'shop')),
      { status: 'known', value: { by: 'helm-release', name: '' } },
    ],
  ] as const) {
    it(`tells of a Secret ${what}`, async () => {
      assert.deepEqual(await describePlaintext(secret, given), {
        credentials: [],
        isTruncated: false,
        secretKeys: ['password'],
        decryption,
      });
    });
  }

  it('tells nothing of an application that a snapshot does not have', async () => {
    const given = { ...options({ status: 'absent' }, shop), isLive: false };
    assert.deepEqual(await describePlaintext(secret, given), {
      credentials: [],
      isTruncated: false,
      secretKeys: ['password'],
    });
  });
});
