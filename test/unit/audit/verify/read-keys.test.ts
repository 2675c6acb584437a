import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { readKeyFiles, readOwnKeys } from '../../../../src/audit/verify/read-keys.ts';
import { makeHeadKey } from '../../../support/journal/build-journal.ts';
import { makeTemporaryFolder } from '../../../support/temporary-folder.ts';

test('the keys beside a journal are the present one and the ones before', async (t) => {
  const [present, former] = [await makeHeadKey(), await makeHeadKey()];
  const folder = await makeTemporaryFolder(t, {
    'head-key.pub.jwk': JSON.stringify(present.publicJwk),
    [`head-key.${former.keyId}.pub.jwk`]: JSON.stringify(former.publicJwk),
    'head-key.damaged.pub.jwk': '{',
    'other.pub.jwk': JSON.stringify((await makeHeadKey()).publicJwk),
  });

  const keys = await readOwnKeys(folder);

  assert.deepEqual(
    keys.map(({ keyId }) => keyId).toSorted(),
    [present.keyId, former.keyId].toSorted(),
  );
});

test('a key in PEM is read', async (t) => {
  const key = await makeHeadKey();
  const pem = key.publicKey.export({ type: 'spki', format: 'pem' }).toString();
  const folder = await makeTemporaryFolder(t, { 'key.pem': pem });

  const [read] = await readKeyFiles([join(folder, 'key.pem')]);

  assert.equal(read?.keyId, key.keyId);
});

test('a file without a key is an error', async (t) => {
  const folder = await makeTemporaryFolder(t, { 'key.pem': 'nothing' });

  await assert.rejects(readKeyFiles([join(folder, 'key.pem')]), { code: 'input_invalid' });
  await assert.rejects(readKeyFiles([join(folder, 'none.pem')]), { code: 'input_unreadable' });
});
