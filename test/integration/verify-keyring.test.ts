/** `holdfast verify keyring` on key files that the real gpg, ssh-keygen and a certificate authority have made. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { promisify } from 'node:util';
import { z } from 'zod';
import { verifyKeyringCommand } from '../../src/cli/verify/keyring.ts';
import { runProgram } from '../../src/cli/program.ts';
import { recordContext } from '../support/command-context.ts';
import { issue, pem } from '../support/signatures/certificate-builder.ts';
import { openGitWorkshop } from '../support/signatures/git-workshop.ts';
import { GpgHome } from '../support/signatures/gpg-home.ts';
import { makeTemporaryFolder } from '../support/temporary-folder.ts';

const run = promisify(execFile);

const listingSchema = z.object({
  status: z.string(),
  keys: z.array(
    z.object({
      file: z.string(),
      role: z.string(),
      fingerprint: z.string(),
      identities: z.array(z.string()),
      isUsable: z.boolean(),
      signingKeys: z.array(
        z.object({
          fingerprint: z.string(),
          validUntil: z.string().optional(),
          code: z.string().optional(),
        }),
      ),
    }),
  ),
  revocations: z.array(z.object({ fingerprints: z.array(z.string()) })),
});

async function verify(folder: string, ...argv: readonly string[]) {
  const recorded = recordContext({ workingDirectory: folder, environment: {} });
  const status = await runProgram(['verify', 'keyring', ...argv], {
    commands: [verifyKeyringCommand],
    groups: { verify: 'Verify' },
    version: '0',
    context: recorded.context,
  });
  return { status, printed: recorded.printed(), reported: recorded.reported() };
}

async function list(folder: string, ...argv: readonly string[]) {
  const { status, printed, reported } = await verify(folder, ...argv, '--output', 'json');
  assert.equal(reported, '');
  return { ...listingSchema.parse(JSON.parse(printed)), exit: status };
}

/** The codes of the signing keys by the fingerprint of their primary key. */
function codesOf({ keys }: Awaited<ReturnType<typeof list>>) {
  return Object.fromEntries(
    keys.map(({ fingerprint, signingKeys }) => [
      fingerprint,
      signingKeys.map(({ code = 'usable' }) => code),
    ]),
  );
}

async function openGpg(t: TestContext) {
  const folder = await makeTemporaryFolder(t, {});
  const home = new GpgHome();
  t.after(() => home.close());
  return { folder, home };
}

test('keys of gpg: valid, expired, revoked, weak, and one whose subkey signs', async (t) => {
  const { folder, home } = await openGpg(t);
  const make = (name: string, options: object = {}) =>
    home.generate({ userId: `${name} <${name}@example.com>`, algorithm: 'ed25519', ...options });
  const valid = make('valid', { expires: '2y' });
  const expired = make('expired', { at: '20200101T000000', expires: '1y' });
  const revoked = make('revoked');
  home.revokeKey(revoked, 2);
  const weak = make('weak', { algorithm: 'rsa1024' });
  const certifying = make('certifying', { usage: 'cert' });
  home.run(['--quick-add-key', certifying, 'ed25519', 'sign', '1y']);
  const [, subkey = ''] = home.fingerprints(certifying);
  const all = [valid, expired, revoked, weak, certifying];
  await writeFile(join(folder, 'all.asc'), all.map((key) => home.exportKey(key)).join('\n'));

  const listing = await list(folder, '--keyring', 'all.asc');

  assert.equal(listing.exit, 'failed');
  assert.deepEqual(codesOf(listing), {
    [valid]: ['usable'],
    [expired]: ['key_expired'],
    [revoked]: ['key_revoked'],
    [weak]: ['weak_key'],
    [certifying]: ['wrong_usage', 'usable'],
  });
  assert.deepEqual(listing.keys[0]?.identities, ['valid <valid@example.com>']);
  assert.equal(listing.keys[4]?.signingKeys[1]?.fingerprint, subkey);
  assert.equal(listing.keys[1]?.signingKeys[0]?.validUntil, '2020-12-31T00:00:00Z');

  await writeFile(join(folder, 'good.asc'), home.exportKey(valid) + home.exportKey(certifying));
  assert.equal((await verify(folder, '--keyring', 'good.asc')).status, 'ok');
  assert.equal((await verify(folder, '--forge-keyring', 'good.asc')).status, 'ok');
});

test('lines of allowed_signers: valid, late, of another namespace, weak, in a list and in a KRL', async (t) => {
  const workshop = await openGitWorkshop(t);
  const { folder } = workshop;
  const [plain, late, other, listed, inKrl] = [
    await workshop.makeKey('plain', '-t', 'ed25519'),
    await workshop.makeKey('late', '-t', 'ed25519'),
    await workshop.makeKey('other', '-t', 'ed25519'),
    await workshop.makeKey('listed', '-t', 'ecdsa'),
    await workshop.makeKey('in-krl', '-t', 'ed25519'),
  ];
  const weak = await workshop.makeKey('weak', '-t', 'rsa', '-b', '1024');
  await workshop.write(
    'allowed_signers',
    [
      `plain@example.com,*@team.example.com ${plain.text}`,
      `late@example.com valid-before="20200101Z" ${late.text}`,
      `other@example.com namespaces="file" ${other.text}`,
      `listed@example.com ${listed.text}`,
      `krl@example.com cert-authority ${inKrl.text}`,
      `weak@example.com ${weak.text}`,
      '',
    ].join('\n'),
  );
  await workshop.write('revoked', `${listed.text}\n`);
  const specification = join(folder, 'specification');
  const { stdout } = await run('ssh-keygen', ['-lf', inKrl.path]);
  const hash = /SHA256:\S+/u.exec(stdout)?.[0] ?? '';
  await writeFile(specification, `sha1: ${inKrl.text}\n`);
  await run('ssh-keygen', ['-k', '-f', join(folder, 'krl'), specification]);

  const listing = await list(
    folder,
    '--allowed-signers',
    'allowed_signers',
    '--revoked-keys',
    'revoked',
    '--revoked-keys',
    'krl',
  );

  assert.equal(listing.exit, 'failed');
  assert.deepEqual(
    listing.keys.map(({ identities, role, signingKeys }) => [
      identities,
      role,
      signingKeys[0]?.code ?? 'usable',
    ]),
    [
      [['plain@example.com', '*@team.example.com'], 'signer', 'usable'],
      [['late@example.com'], 'signer', 'key_not_valid'],
      [['other@example.com'], 'signer', 'wrong_usage'],
      [['listed@example.com'], 'signer', 'key_revoked'],
      [['krl@example.com'], 'authority', 'key_revoked'],
      [['weak@example.com'], 'signer', 'weak_key'],
    ],
  );
  assert.equal(listing.keys[4]?.fingerprint, hash);
  assert.deepEqual(
    listing.revocations.map(({ fingerprints }) => fingerprints),
    [[listing.keys[3]?.fingerprint], []],
  );
});

test('authorities, the files of the configuration, and what has no key', async (t) => {
  const folder = await makeTemporaryFolder(t, {});
  const day = 86_400_000;
  const good = issue({ commonName: 'Good', isAuthority: true });
  const old = issue({
    commonName: 'Old',
    isAuthority: true,
    notBeforeMs: Date.now() - 2 * day,
    notAfterMs: Date.now() - day,
  });
  await writeFile(join(folder, 'good.pem'), pem(good.certificate));
  const serverAuth = '1.3.6.1.5.5.7.3.1';
  const unfit = issue({ commonName: 'Unfit', isAuthority: true, purposes: [serverAuth] });
  const all = [good, old, unfit].map(({ certificate }) => pem(certificate)).join('');
  await writeFile(join(folder, 'all.pem'), all);
  await writeFile(join(folder, 'allowed_signers'), '# nobody yet\n');
  await writeFile(join(folder, 'holdfast.yaml'), 'commits: { caBundleFile: good.pem }\n');

  const listed = await list(folder, '--ca-bundle', 'all.pem');
  assert.deepEqual(Object.values(codesOf(listed)), [
    ['usable'],
    ['certificate_invalid'],
    ['certificate_invalid'],
  ]);
  const configured = await list(folder);
  assert.deepEqual(
    [configured.exit, configured.keys.map(({ identities }) => identities)],
    ['ok', [['CN=Good,O=Example']]],
  );
  assert.equal((await verify(folder, '--allowed-signers', 'allowed_signers')).status, 'failed');

  const broken = await verify(folder, '--keyring', 'good.pem');
  assert.match(broken.reported, /good\.pem: line 1: a block "CERTIFICATE" is no public key/u);
  assert.equal(broken.printed, '');
  await writeFile(join(folder, 'holdfast.yaml'), '{}\n');
  const nothing = await verify(folder);
  assert.match(nothing.reported, /names no key file: give one with --keyring/u);
});
