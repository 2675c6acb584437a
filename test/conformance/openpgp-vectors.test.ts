/** Commits and tags that Flux's Git library has as test data, signed by gpg with keys of seven algorithms. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { importKeyring } from '../../src/signature/openpgp/import-keyring.ts';
import { verifyOpenpgpSignature } from '../../src/signature/openpgp/verify-openpgp-signature.ts';
import type { ObjectKind } from '../../src/signature/git/compute-object-id.ts';
import { findSignature } from '../support/signatures/find-signature.ts';
import { findPublicVectors, NO_VECTORS } from '../support/signatures/public-vectors.ts';

const ALGORITHMS = [
  'brainpool_p256',
  'brainpool_p384',
  'ecdsa_p256',
  'ecdsa_p384',
  'ecdsa_p521',
  'ed25519',
  'rsa_2048',
] as const;

const folder = findPublicVectors();
const options = { skip: folder === undefined ? NO_VECTORS : false };

function read(name: string): Buffer {
  return readFileSync(join(folder ?? '', 'git-signatures/gpg_signatures', name));
}

async function judge(kind: ObjectKind, object: Buffer, keyText: string): Promise<string> {
  const split = findSignature(object, kind);
  if (typeof split === 'string') return split;
  const { keyring, problems } = await importKeyring(keyText);
  assert.deepEqual(problems, []);
  const trust = { keyring, keyValidity: 'now', committerMatch: false } as const;
  const verdict = await verifyOpenpgpSignature({ ...split, trust, nowMs: Date.now() });
  return verdict.status === 'rejected' ? verdict.code : verdict.status;
}

for (const algorithm of ALGORITHMS) {
  for (const kind of ['commit', 'tag'] as const) {
    test(`${kind} signed with ${algorithm}`, options, async () => {
      const object = read(`${kind}_${algorithm}_signed.txt`);
      const key = read(`key_${algorithm}.pub`).toString();
      const other = read(`key_${algorithm === 'rsa_2048' ? 'ed25519' : 'rsa_2048'}.pub`).toString();
      const changed = Buffer.from(object.toString('latin1').replace('\n\n', '\n\n.'), 'latin1');
      assert.equal(await judge(kind, object, key), 'verified');
      assert.equal(await judge(kind, object, `${other}\n${key}`), 'verified');
      assert.equal(await judge(kind, object, other), 'unknown_key');
      assert.equal(await judge(kind, changed, key), 'bad_signature');
    });
  }
}

test('an unsigned commit and an unsigned tag', options, async () => {
  const key = read('key_rsa_2048.pub').toString();
  assert.equal(await judge('commit', read('commit_unsigned.txt'), key), 'unsigned');
  assert.equal(await judge('tag', read('tag_unsigned.txt'), key), 'unsigned');
});
