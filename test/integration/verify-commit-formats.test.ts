/** `holdfast verify commit` on OpenPGP, gitsign and X.509, as docs/commits.md shows it, and what it says of wrong files. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { createHash, sign } from 'node:crypto';
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { promisify } from 'node:util';
import { runProgram } from '../../src/cli/program.ts';
import { verifyCommitCommand } from '../../src/cli/verify/commit.ts';
import { formatLogBody } from '../../src/signature/gitsign/format-log-body.ts';
import { recordContext } from '../support/command-context.ts';
import { emailName, issue, pem, type Issued } from '../support/signatures/certificate-builder.ts';
import { buildSignature } from '../support/signatures/cms-builder.ts';
import { bits, integer, octets, oid, sequence, time } from '../support/signatures/der.ts';
import { GpgHome } from '../support/signatures/gpg-home.ts';
import { SignedRepository } from '../support/signatures/signed-repository.ts';
import { signCommit } from '../support/signatures/commit-samples.ts';
import { SigstoreInstance } from '../support/signatures/sigstore-instance.ts';
import { makeTemporaryFolder } from '../support/temporary-folder.ts';
import { formatSession, matchesOutput, parseSession } from '../support/docs/typed-commands.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const EMAIL = 'anna@example.com';
const ISSUER = 'https://accounts.example.com';
const run = promisify(execFile);

/** A folder with a repository `shop` in it. */
interface Workplace {
  readonly folder: string;
  readonly shop: SignedRepository;
}

async function open(t: TestContext): Promise<Workplace> {
  const folder = await makeTemporaryFolder(t, {
    'bin/holdfast': `#!/bin/sh\nexec "${process.execPath}" "${ROOT}/src/main.ts" "$@"\n`,
  });
  await chmod(join(folder, 'bin', 'holdfast'), 0o755);
  await mkdir(join(folder, 'shop'));
  const shop = new SignedRepository(join(folder, 'shop'));
  return { folder, shop };
}

/** Puts a signed commit at the branch that is checked out. */
function commitSigned({ shop }: Workplace, makeSignature: (payload: Buffer) => Buffer): void {
  const unsigned = shop.read(shop.commit({ email: EMAIL }));
  const id = shop.write(signCommit(unsigned, makeSignature));
  shop.git(['reset', '--quiet', '--hard', id]);
}

function openGpg(t: TestContext, { shop }: Workplace): GpgHome {
  const home = new GpgHome();
  t.after(() => home.close());
  const key = home.generate({ userId: `Anna <${EMAIL}>`, algorithm: 'ed25519' });
  shop.commit({ email: EMAIL, signWith: { program: home.program('sign'), key } });
  return home;
}

async function openGitsign({ folder, shop }: Workplace): Promise<void> {
  const instance = await SigstoreInstance.start();
  const signer = await instance.issue({ names: [emailName(EMAIL)], issuer: ISSUER });
  commitSigned({ folder, shop }, (payload) => {
    const { armored } = buildSignature({ payload, signer }, ({ value, signedBytes }) => {
      const body = formatLogBody('0.0.1', {
        certificate: signer.certificate,
        publicKey: signer.publicKey,
        signature: value,
        hash: 'sha256',
        digest: createHash('sha256').update(signedBytes).digest(),
      });
      return new Map([['1.3.6.1.4.1.57264.3.1', octets(instance.log(body, '0.0.1'))]]);
    });
    return armored;
  });
  await writeFile(join(folder, 'trusted_root.json'), JSON.stringify(instance.trustedRoot()));
}

async function openX509(
  { folder, shop }: Workplace,
  nextUpdateMs = Date.now() + 60_000,
): Promise<void> {
  const root = issue({ commonName: 'Root', isAuthority: true });
  const signer = issue({ commonName: 'Anna', issuer: root, names: [emailName(EMAIL)] });
  commitSigned({ folder, shop }, (payload) => buildSignature({ payload, signer }).armored);
  await writeFile(join(folder, 'ca.pem'), pem(root.certificate));
  await writeFile(join(folder, 'revoked.pem'), pem(emptyList(root, nextUpdateMs), 'X509 CRL'));
}

function emptyList(root: Issued, nextUpdateMs: number): Buffer {
  const algorithm = sequence(oid('1.2.840.10045.4.3.2'));
  const tbs = sequence(
    integer(1),
    algorithm,
    root.name,
    time(Date.now() - 60_000),
    time(nextUpdateMs),
  );
  return sequence(tbs, algorithm, bits(sign('sha256', tbs, root.privateKey)));
}

/** The steps of the block of docs/commits.md that uses an option. */
async function readBlock(option: string) {
  const document = await readFile(join(ROOT, 'docs', 'commits.md'), 'utf8');
  const note = '<!-- typed by test/integration/verify-commit-formats.test.ts -->\n```console\n';
  const block = document
    .split(note)
    .slice(1)
    .map((part) => part.split('```')[0] ?? '')
    .find((part) => part.includes(option));
  assert.ok(block !== undefined, `docs/commits.md shows ${option}`);
  return block
    .split(/^\$ /mu)
    .slice(1)
    .map((step) => {
      const [command = '', ...output] = step.trimEnd().split('\n');
      return { command, output };
    });
}

/** Types the block in the repository. */
async function type({ folder }: Workplace, option: string, environment = {}): Promise<void> {
  const steps = await readBlock(option);
  const script = formatSession(steps, '@@step@@');
  const PATH = `${join(folder, 'bin')}:${process.env['PATH'] ?? ''}`;
  const { stdout } = await run('bash', ['-c', script], {
    cwd: join(folder, 'shop'),
    env: { ...process.env, PATH, ...environment },
  });
  const results = parseSession(stdout, '@@step@@');
  for (const [index, { command, output }] of steps.entries()) {
    const printed = results[index]?.output ?? '';
    const isShown = output.length === 0 ? printed === '' : matchesOutput(printed, output);
    assert.ok(isShown, `${command}\n${printed}`);
  }
}

/** Runs the command in this process; its status and the code of the rejection. */
async function verify({ folder }: Workplace, ...argv: readonly string[]): Promise<string> {
  const recorded = recordContext({
    workingDirectory: folder,
    environment: { PATH: process.env['PATH'] ?? '' },
  });
  const status = await runProgram(['verify', 'commit', 'shop', 'HEAD', ...argv], {
    commands: [verifyCommitCommand],
    groups: { verify: 'Verify' },
    version: '0',
    context: recorded.context,
  });
  const code = /^rejected +(?<code>\w+)/mu.exec(recorded.printed())?.groups?.['code'];
  return code === undefined ? status : `${status} ${code}`;
}

test('OpenPGP, as the page shows it', async (t) => {
  const workplace = await open(t);
  const home = openGpg(t, workplace);
  await type(workplace, '--keyring', { GNUPGHOME: home.folder });
});

test('gitsign, as the page shows it', async (t) => {
  const workplace = await open(t);
  await openGitsign(workplace);
  await type(workplace, '--trusted-root');
});

test('X.509, as the page shows it', async (t) => {
  const workplace = await open(t);
  await openX509(workplace);
  await type(workplace, '--ca-bundle');
});

test('keyrings of people, of Argo CD and of forges, and none that can be misread', async (t) => {
  const workplace = await open(t);
  const home = openGpg(t, workplace);
  const key = home.exportKey(EMAIL);
  const fingerprint = home.fingerprints(EMAIL)[0] ?? '';
  const manifest = (keyId: string) =>
    JSON.stringify({ apiVersion: 'v1', kind: 'ConfigMap', data: { [keyId]: key } });
  const write = (name: string, text: string) => writeFile(join(workplace.folder, name), text);
  await write('key', key);
  await write('bad', `${key}\n-----BEGIN PGP PUBLIC KEY BLOCK-----\n`);
  await write('argocd', manifest(fingerprint.slice(-16)));
  await write('argocd-wrong', manifest('0000000000000000'));
  assert.deepEqual(
    [
      await verify(workplace, '--keyring', 'key'),
      await verify(workplace, '--argocd-keys', 'argocd'),
      await verify(workplace, '--forge-keyring', 'key', '--committer-match'),
      await verify(workplace),
      await verify(workplace, '--keyring', 'bad'),
      await verify(workplace, '--keyring', 'missing'),
      await verify(workplace, '--argocd-keys', 'argocd-wrong'),
      await verify(workplace, '--argocd-keys', 'key'),
    ],
    [
      'ok',
      'ok',
      'ok',
      'failed unsupported_signature',
      'configuration',
      'usage',
      'configuration',
      'configuration',
    ],
  );
});

test('gitsign counts for named people alone, and never by the rules of X.509', async (t) => {
  const workplace = await open(t);
  await openGitsign(workplace);
  await openX509({ ...workplace, shop: (await open(t)).shop });
  const root = ['--trusted-root', 'trusted_root.json'];
  const issuer = ['--issuer', ISSUER];
  await writeFile(join(workplace.folder, 'empty.json'), '{}');
  assert.deepEqual(
    [
      await verify(workplace, ...root, ...issuer, '--identity-pattern', '*@example.com'),
      await verify(workplace, ...root, ...issuer, '--identity', 'anna@example.co'),
      await verify(workplace, '--ca-bundle', 'ca.pem'),
      await verify(workplace, ...root),
      await verify(workplace, ...root, ...issuer),
      await verify(workplace, ...issuer, '--identity', EMAIL),
      await verify(workplace, ...root, ...issuer, '--identity-pattern', '**'),
      await verify(workplace, ...root, ...issuer, '--identity', EMAIL, '--identity-pattern', '*@b'),
      await verify(workplace, '--trusted-root', 'empty.json', ...issuer, '--identity', EMAIL),
    ],
    [
      'ok',
      'failed identity_not_accepted',
      'failed unsupported_signature',
      'usage',
      'usage',
      'usage',
      'usage',
      'usage',
      'configuration',
    ],
  );
});

test('X.509 needs an authority, and a list that is not overdue', async (t) => {
  const workplace = await open(t);
  await openX509(workplace, Date.now() - 1000);
  await openGitsign({ ...workplace, shop: (await open(t)).shop });
  const gitsign = ['--trusted-root', 'trusted_root.json', '--issuer', ISSUER, '--identity', EMAIL];
  await writeFile(join(workplace.folder, 'bad.pem'), pem(Buffer.from('x')));
  assert.deepEqual(
    [
      await verify(workplace, '--ca-bundle', 'ca.pem'),
      await verify(workplace, ...gitsign),
      await verify(workplace, '--ca-bundle', 'ca.pem', '--revocation-lists', 'revoked.pem'),
      await verify(workplace, '--ca-bundle', 'bad.pem'),
      await verify(workplace, '--ca-bundle', 'ca.pem', '--revocation-lists', 'ca.pem'),
    ],
    ['ok', 'failed unsupported_signature', 'unavailable', 'configuration', 'configuration'],
  );
});
