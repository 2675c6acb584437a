/** Commits signed by the real openssl, as smimesign signs them, and what openssl itself says of them. */
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { importCaBundle } from '../../src/signature/x509/import-ca-bundle.ts';
import { importRevocationLists } from '../../src/signature/x509/import-revocation-lists.ts';
import { verifyX509Signature } from '../../src/signature/x509/verify-x509-signature.ts';
import { SignedRepository } from '../support/signatures/signed-repository.ts';
import { takeSignature } from '../support/signatures/find-signature.ts';
import { makeTemporaryFolder } from '../support/temporary-folder.ts';

const EXTENSIONS = `
[ca]
basicConstraints = critical, CA:true
keyUsage = critical, keyCertSign, cRLSign
[leaf]
basicConstraints = critical, CA:false
keyUsage = critical, digitalSignature
extendedKeyUsage = emailProtection
subjectAltName = email:ada@example.com
[server]
basicConstraints = critical, CA:false
keyUsage = critical, digitalSignature
extendedKeyUsage = serverAuth
[authority]
default_ca = own
[own]
database = index.txt
default_md = sha256
default_crl_days = 30
crlnumber = crlnumber
`;

interface NewPem {
  readonly name: string;
  readonly section: string;
  readonly issuer?: string;
  /** Of the key, as `-newkey` takes it. */
  readonly algorithm?: readonly string[];
}

function ec(curve: string): readonly string[] {
  return ['ec', '-pkeyopt', `ec_paramgen_curve:${curve}`];
}

/** A folder with an authority below another, and openssl to use them. */
class Authority {
  readonly folder: string;

  constructor(folder: string) {
    this.folder = folder;
    writeFileSync(join(folder, 'x.cnf'), EXTENSIONS);
    this.#issue({ name: 'root', section: 'ca' });
    this.#issue({ name: 'middle', section: 'ca', issuer: 'root' });
  }

  openssl(argv: readonly string[], input?: Buffer): Buffer {
    const options = { cwd: this.folder, input, stdio: 'pipe' } as const;
    return execFileSync('openssl', argv, options);
  }

  read(name: string): string {
    return readFileSync(join(this.folder, name), 'utf8');
  }

  leaf(name: string, section: string, algorithm = ec('P-256')): void {
    this.#issue({ name, section, issuer: 'middle', algorithm });
  }

  #issue({ name, section, issuer, algorithm = ['rsa:2048'] }: NewPem): void {
    const [type = '', ...parameters] = algorithm;
    const key = ['-newkey', type, ...parameters, '-nodes', '-keyout', `${name}.key`];
    this.openssl(['req', '-new', ...key, '-subj', `/O=Example/CN=${name}`, '-out', `${name}.csr`]);
    const by =
      issuer === undefined
        ? ['-signkey', `${name}.key`]
        : ['-CA', `${issuer}.pem`, '-CAkey', `${issuer}.key`, '-CAcreateserial'];
    this.openssl([
      'x509',
      '-req',
      '-in',
      `${name}.csr`,
      ...by,
      '-days',
      '30',
      '-sha256',
      '-extfile',
      'x.cnf',
      '-extensions',
      section,
      '-out',
      `${name}.pem`,
    ]);
  }
}

/** Puts a signature by openssl into a commit, and returns the commit. */
function signCommit(
  authority: Authority,
  repository: SignedRepository,
  { signer, options = [] }: { readonly signer: string; readonly options?: readonly string[] },
): Buffer {
  const unsigned = repository.read(repository.commit({}));
  const argv = [
    'cms',
    '-sign',
    '-binary',
    '-outform',
    'DER',
    '-signer',
    `${signer}.pem`,
    '-inkey',
    `${signer}.key`,
    '-certfile',
    'middle.pem',
    ...options,
  ];
  const signature = authority.openssl(argv, unsigned);
  const lines = signature.toString('base64').match(/.{1,64}/gu) ?? [];
  const armored = ['-----BEGIN SIGNED MESSAGE-----', ...lines, '-----END SIGNED MESSAGE-----'];
  const text = unsigned.toString('latin1');
  const header = `gpgsig ${armored.join('\n ')}\n`;
  const at = text.indexOf('\n\n') + 1;
  const signed = Buffer.from(text.slice(0, at) + header + text.slice(at), 'latin1');
  return repository.read(repository.write(signed));
}

function judge(
  authority: Authority,
  commit: Buffer,
  lists = '',
): { openssl: number; verdict: string } {
  const split = takeSignature(commit);
  const { authorities, problems } = importCaBundle(authority.read('root.pem'));
  assert.deepEqual(problems, []);
  const revocations = lists === '' ? [] : importRevocationLists(lists).lists;
  const verification = verifyX509Signature({
    ...split,
    trust: { authorities, revocationLists: revocations, keyValidity: 'now', committerMatch: true },
    committer: { name: 'Ada', email: 'ada@example.com' },
    nowMs: Date.now(),
  });
  writeFileSync(join(authority.folder, 'payload'), split.payload);
  const body = split.signature.toString().replaceAll(/-----.*-----|\n/gu, '');
  const argv = [
    'cms',
    '-verify',
    '-binary',
    '-inform',
    'DER',
    '-content',
    'payload',
    '-CAfile',
    'root.pem',
  ];
  const options = { cwd: authority.folder, input: Buffer.from(body, 'base64') };
  return {
    openssl: spawnSync('openssl', argv, options).status ?? -1,
    verdict: verification.status === 'rejected' ? verification.code : verification.status,
  };
}

async function start(
  t: TestContext,
): Promise<{ authority: Authority; repository: SignedRepository }> {
  const authority = new Authority(await makeTemporaryFolder(t));
  const repository = new SignedRepository();
  t.after(() => repository.close());
  return { authority, repository };
}

test('keys and hashes', async (t) => {
  const { authority, repository } = await start(t);
  const rows = [
    { name: 'p256', key: ec('P-256'), options: [], verdict: 'verified' },
    { name: 'p384', key: ec('P-384'), options: ['-md', 'sha384'], verdict: 'verified' },
    { name: 'rsa', key: ['rsa:2048'], options: ['-md', 'sha512'], verdict: 'verified' },
    {
      name: 'pss',
      key: ['rsa:2048'],
      options: ['-md', 'sha256', '-keyopt', 'rsa_padding_mode:pss'],
      verdict: 'verified',
    },
    { name: 'key-id', key: ec('P-256'), options: ['-keyid'], verdict: 'verified' },
    {
      name: 'content',
      key: ec('P-256'),
      options: ['-stream', '-indef'],
      verdict: 'malformed_signature',
    },
    { name: 'sha1', key: ['rsa:2048'], options: ['-md', 'sha1'], verdict: 'weak_hash' },
    { name: 'weak', key: ['rsa:1024'], options: [], verdict: 'weak_key' },
    { name: 'bare', key: ec('P-256'), options: ['-noattr'], verdict: 'unsupported_signature' },
  ];
  for (const { name, key, options, verdict } of rows) {
    authority.leaf(name, 'leaf', key);
    const commit = signCommit(authority, repository, { signer: name, options });
    assert.deepEqual(judge(authority, commit), { openssl: 0, verdict }, name);
  }
});

test('a certificate for servers, two signers, and a commit that was changed', async (t) => {
  const { authority, repository } = await start(t);
  authority.leaf('ada', 'leaf');
  authority.leaf('server', 'server');
  const server = signCommit(authority, repository, { signer: 'server' });
  assert.deepEqual(judge(authority, server), { openssl: 4, verdict: 'wrong_usage' });
  authority.leaf('bob', 'leaf');
  const options = ['-signer', 'bob.pem', '-inkey', 'bob.key'];
  const two = signCommit(authority, repository, { signer: 'ada', options });
  assert.deepEqual(judge(authority, two), { openssl: 0, verdict: 'multiple_signatures' });
  const commit = signCommit(authority, repository, { signer: 'ada' });
  const changed = Buffer.from(commit.toString('latin1').replace('Change', 'Chance'), 'latin1');
  assert.deepEqual(judge(authority, changed), { openssl: 4, verdict: 'bad_signature' });
});

test('a list of the authority revokes a certificate', async (t) => {
  const { authority, repository } = await start(t);
  authority.leaf('ada', 'leaf');
  writeFileSync(join(authority.folder, 'index.txt'), '');
  writeFileSync(join(authority.folder, 'crlnumber'), '01\n');
  const ca = [
    'ca',
    '-config',
    'x.cnf',
    '-name',
    'own',
    '-cert',
    'middle.pem',
    '-keyfile',
    'middle.key',
  ];
  const commit = signCommit(authority, repository, { signer: 'ada' });
  const empty = authority.openssl([...ca, '-gencrl']).toString();
  assert.equal(judge(authority, commit, empty).verdict, 'verified');
  authority.openssl([...ca, '-revoke', 'ada.pem', '-crl_reason', 'superseded']);
  const revoking = authority.openssl([...ca, '-gencrl']).toString();
  assert.equal(judge(authority, commit, revoking).verdict, 'key_revoked');
});
