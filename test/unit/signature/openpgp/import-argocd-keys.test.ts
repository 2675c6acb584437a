import assert from 'node:assert/strict';
import { test } from 'node:test';
import { importArgocdKeys } from '../../../../src/signature/openpgp/import-argocd-keys.ts';
import { fingerprintOf } from '../../../../src/signature/openpgp/keyring.ts';
import { makeKey } from '../../../support/signatures/openpgp-keys.ts';

const ada = await makeKey('ada@example.com');
const bob = await makeKey('bob@example.com');

async function read(data: Readonly<Record<string, string>>) {
  const { keyring, problems } = await importArgocdKeys(data);
  return { keys: keyring.keys.map(fingerprintOf), problems };
}

test('importArgocdKeys() pins the fingerprints of the keys that the IDs name', async () => {
  const data = { [ada.keyId]: ada.armored, [bob.keyId.toLowerCase()]: bob.armored };
  assert.deepEqual(await read(data), { keys: [ada.fingerprint, bob.fingerprint], problems: [] });
});

test('importArgocdKeys() refuses an entry whose key has another ID', async () => {
  assert.deepEqual(await read({ [bob.keyId]: ada.armored }), {
    keys: [],
    problems: [
      {
        place: `entry "${bob.keyId}"`,
        message: `the key has the ID ${ada.keyId} (${ada.fingerprint}): name the entry after its key`,
      },
    ],
  });
});

test('importArgocdKeys() keeps the good entries beside bad ones', async () => {
  const { keys, problems } = await read({
    [ada.keyId]: ada.armored,
    README: bob.armored,
    '0000000000000000': 'no key',
    [bob.keyId]: bob.armored + ada.armored,
  });
  assert.deepEqual(keys, [ada.fingerprint]);
  assert.deepEqual(
    problems.map(({ place }) => place).toSorted(),
    ['entry "0000000000000000", line 1', `entry "${bob.keyId}"`, 'entry "README"'].toSorted(),
  );
});
