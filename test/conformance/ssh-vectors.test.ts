/** Commits and tags with SSH signatures that Flux publishes (fluxcd/pkg, git/signature). */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { parseObject } from '../../src/signature/git/parse-object.ts';
import { parseAllowedSigners } from '../../src/signature/ssh/parse-allowed-signers.ts';
import { NOTHING_REVOKED } from '../../src/signature/ssh/revoked-keys.ts';
import { verifySshSignature } from '../../src/signature/ssh/verify-ssh-signature.ts';
import { verifyObject } from '../../src/signature/verify-object.ts';
import { findPublicVectors, NO_VECTORS } from '../support/signatures/public-vectors.ts';

const NAME = /^(?<kind>commit|tag)_(?:(?<key>\w+)_signed|unsigned)\.txt$/u;
const vectors = findPublicVectors();
const folder = join(vectors ?? '', 'git-signatures', 'ssh_signatures');

function read(name: string): Buffer {
  return readFileSync(join(folder, name));
}

async function verify(name: string, kind: 'commit' | 'tag', keys: string) {
  const object = parseObject(read(name), { kind, algorithm: 'sha1' });
  assert.ok(object.status === 'parsed', name);
  const lines = read(keys)
    .toString()
    .split('\n')
    .map((key) => key && `sign-user@example.com ${key}`);
  const allowedSigners = parseAllowedSigners(Buffer.from(lines.join('\n')));
  assert.ok(allowedSigners.status === 'read');
  const trust = {
    allowedSigners: allowedSigners.value,
    revoked: NOTHING_REVOKED,
    keyValidity: 'now',
    committerMatch: true,
  } as const;
  return await verifyObject(
    object.value,
    { ssh: (content) => verifySshSignature({ ...content, trust }) },
    Date.UTC(2026, 5, 1),
  );
}

describe('SSH signatures of Flux', { skip: vectors === undefined && NO_VECTORS }, () => {
  const names = vectors === undefined ? [] : readdirSync(folder).filter((name) => NAME.test(name));

  for (const name of names) {
    const { kind, key } = NAME.exec(name)?.groups ?? {};
    const objectKind = kind === 'tag' ? 'tag' : 'commit';
    it(`judges ${name}`, async () => {
      const verdict = await verify(name, objectKind, 'keys_all.pub');

      if (key === undefined) {
        assert.equal(verdict.status === 'rejected' && verdict.code, 'unsigned');
        return;
      }
      assert.deepEqual(verdict, {
        status: 'verified',
        signer: {
          scheme: 'ssh',
          principal: 'sign-user@example.com',
          fingerprint: read(`key_${key}.pub_fingerprint`).toString().trim(),
          authorityFingerprint: undefined,
        },
      });
      const stranger = key === 'rsa' ? 'ed25519' : 'rsa';
      const other = await verify(name, objectKind, `key_${stranger}.pub`);
      assert.equal(other.status === 'rejected' && other.code, 'unknown_key');
    });
  }

  it('has found commits and tags of every key', () => {
    assert.ok(names.length >= 12, names.join(' '));
  });
});
