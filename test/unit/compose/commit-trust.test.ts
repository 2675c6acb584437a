/** Key files of the real gpg, of certificate authorities and of an instance of sigstore, as a serving process reads them. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { loadCommitTrust } from '../../../src/compose/commit-trust.ts';
import { HoldfastError } from '../../../src/errors.ts';
import { commitsSchema } from '../../../src/signature/trust/settings.ts';
import type { SignatureVerifier } from '../../../src/signature/verify-object.ts';
import { emailName, issue, pem } from '../../support/signatures/certificate-builder.ts';
import { buildSignature } from '../../support/signatures/cms-builder.ts';
import { GpgHome } from '../../support/signatures/gpg-home.ts';
import { SigstoreInstance } from '../../support/signatures/sigstore-instance.ts';
import { makeTemporaryFolder } from '../../support/temporary-folder.ts';

const PAYLOAD = Buffer.from('tree 0\n');
const GITSIGN = { scheme: 'gitsign', issuer: 'https://accounts.example.com' };

function settingsOf(
  more: object,
  signers: readonly object[] = [{ scheme: 'x509', email: 'anna@example.com' }],
) {
  const settings = commitsSchema.parse({
    rules: [{ name: 'platform', repositories: ['https://git.example.com/**'], signers }],
    ...more,
  });
  const [rule] = settings.rules;
  assert.ok(rule);
  return { settings, rule };
}

async function verdictOf(
  verify: SignatureVerifier | undefined,
  signature: string | Uint8Array,
): Promise<string> {
  const verification = await verify?.({
    payload: PAYLOAD,
    signature: Buffer.from(signature),
    committer: { name: 'Anna', email: 'anna@example.com', atMs: Date.now(), zone: '+0000' },
    committedAtMs: Date.now(),
    nowMs: Date.now(),
  });
  if (verification === undefined) return 'not trusted at all';
  return verification.status === 'rejected' ? verification.code : verification.status;
}

function openGpg(t: TestContext) {
  const home = new GpgHome();
  t.after(() => home.close());
  const key = home.generate({ userId: 'Anna <anna@example.com>', algorithm: 'ed25519' });
  const signature = home.run(['--armor', '--local-user', key, '--detach-sign'], { input: PAYLOAD });
  return { home, key, signature };
}

test('keyrings of people verify commits, and those of a forge merges alone', async (t) => {
  const { home, key, signature } = openGpg(t);
  const folder = await makeTemporaryFolder(t, { 'keys.asc': home.exportKey(key) });
  const keys = [{ name: 'keys', file: join(folder, 'keys.asc') }];
  const people = settingsOf({ keyrings: keys }, [{ scheme: 'openpgp', fingerprint: key }]);
  const forge = settingsOf({ forgeKeyrings: keys });

  const trusted = await loadCommitTrust(people.settings);
  const merging = await loadCommitTrust(forge.settings);

  assert.equal(await verdictOf(trusted.verifiersFor(people.rule).openpgp, signature), 'verified');
  assert.deepEqual(trusted.forgeVerifiersFor(people.rule), {});
  assert.deepEqual([...trusted.keyrings], [['keys', new Set([key])]]);
  assert.deepEqual(trusted.unknownSigners, []);
  assert.deepEqual(merging.verifiersFor(forge.rule), {});
  assert.equal(
    await verdictOf(merging.forgeVerifiersFor(forge.rule).openpgp, signature),
    'verified',
  );
});

test('certificates count by the authorities of the bundle, and gitsign by the trusted root', async (t) => {
  const root = issue({ commonName: 'Root', isAuthority: true });
  const signer = issue({
    commonName: 'Anna',
    issuer: root,
    names: [emailName('anna@example.com')],
  });
  const { armored } = buildSignature({ payload: PAYLOAD, signer });
  const instance = await SigstoreInstance.start();
  const folder = await makeTemporaryFolder(t, {
    'ca.pem': pem(root.certificate),
    'trusted_root.json': JSON.stringify(instance.trustedRoot()),
  });
  const caBundleFile = join(folder, 'ca.pem');
  const trustedRootFile = join(folder, 'trusted_root.json');
  const signers = [
    { ...GITSIGN, subject: 'https://forge.example.com/acme/*' },
    { ...GITSIGN, subject: 'anna@example.com' },
  ];
  const verdict = async (files: object, accepted?: readonly object[]): Promise<string> => {
    const { settings, rule } = settingsOf(files, accepted);
    const trust = await loadCommitTrust(settings);
    return await verdictOf(trust.verifiersFor(rule).x509, armored);
  };

  assert.equal(await verdict({ caBundleFile }), 'verified');
  assert.equal(await verdict({ caBundleFile, trustedRootFile }, signers), 'verified');
  assert.equal(await verdict({ trustedRootFile }, signers), 'wrong_usage');
  // A rule that accepts no identity of gitsign asks for authorities, and there are none.
  assert.equal(await verdict({ trustedRootFile }), 'certificate_invalid');
  assert.equal(await verdict({}), 'not trusted at all');
});

test('another key file is another trust', async (t) => {
  const one = await makeTemporaryFolder(t, {
    'ca.pem': pem(issue({ commonName: 'One', isAuthority: true }).certificate),
  });
  const { settings } = settingsOf({ caBundleFile: join(one, 'ca.pem') });
  const { hash } = await loadCommitTrust(settings);
  assert.equal((await loadCommitTrust(settings)).hash, hash);
  assert.notEqual(
    (await loadCommitTrust({ ...settings, rangeMax: settings.rangeMax - 1 })).hash,
    hash,
  );
});

test('a key file that cannot be read as a whole is refused, with its place', async (t) => {
  const folder = await makeTemporaryFolder(t, { broken: '-----BEGIN CERTIFICATE-----\nAAAA\n' });
  const file = join(folder, 'broken');
  for (const files of [
    { keyrings: [{ name: 'keys', file }] },
    { forgeKeyrings: [{ name: 'keys', file }] },
    { allowedSignersFile: file },
    { revokedKeysFile: file },
    { trustedRootFile: file },
    { caBundleFile: file },
    { caBundleFile: join(folder, 'absent') },
  ]) {
    await assert.rejects(loadCommitTrust(settingsOf(files).settings), (error: unknown) => {
      assert.ok(error instanceof HoldfastError);
      assert.equal(error.code, 'trust_file_invalid');
      assert.ok(error.message.includes(folder), error.message);
      return true;
    });
  }
});
