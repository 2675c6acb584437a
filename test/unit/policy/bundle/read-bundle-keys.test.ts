import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { join } from 'node:path';
import { test } from 'node:test';
import {
  readBundleKeys,
  readBundleSigningKey,
} from '../../../../src/policy/bundle/read-bundle-keys.ts';
import { KEY_MAKERS } from '../../../support/bundle-keys.ts';
import { makeTemporaryFolder } from '../../../support/temporary-folder.ts';

test('readBundleKeys() reads each kind of key, with its scope', async (t) => {
  const [ed, rsa] = [KEY_MAKERS.EdDSA(), KEY_MAKERS.RS256()];
  const folder = await makeTemporaryFolder(t, {
    'ed.pem': ed.publicPem,
    'rsa.pem': rsa.privatePem,
  });

  const keys = await readBundleKeys([
    { file: join(folder, 'ed.pem'), scope: '' },
    { file: join(folder, 'rsa.pem'), scope: 'test' },
  ]);

  assert.deepEqual(
    keys.map(({ key, scope }) => [key.algorithm, key.publicKey.type, scope]),
    [
      ['EdDSA', 'public', ''],
      ['RS256', 'public', 'test'],
    ],
  );
});

test('a key that cannot be used is named, and nothing of it is shown', async (t) => {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 1024 });
  const short = privateKey.export({ format: 'pem', type: 'pkcs8' }).toString();
  const folder = await makeTemporaryFolder(t, { short, none: 'hunter2' });
  const kinds = 'neither Ed25519 nor P-256 nor RSA of 2048 bits or more';

  for (const [name, reason] of [
    ['short', `it is ${kinds}`],
    ['none', 'it is neither a JSON web key nor a PKCS #8 key in PEM'],
    ['absent', 'there is no such file'],
  ] as const) {
    await assert.rejects(readBundleSigningKey(join(folder, name)), {
      code: 'policy_bundle_key_unusable',
      message: `The key "${join(folder, name)}" cannot be used: ${reason}`,
    });
  }
});
