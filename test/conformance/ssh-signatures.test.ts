/**
 * SSH signatures on commits, made on the spot by the real ssh-keygen and git: what `git verify-commit` says and what Holdfast
 * says. Where both differ, the row says why.
 */
import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { parseObject } from '../../src/signature/git/parse-object.ts';
import { parseAllowedSigners } from '../../src/signature/ssh/parse-allowed-signers.ts';
import { parseRevokedKeys } from '../../src/signature/ssh/parse-revoked-keys.ts';
import {
  verifySshSignature,
  type KeyValidity,
} from '../../src/signature/ssh/verify-ssh-signature.ts';
import { verifyObject } from '../../src/signature/verify-object.ts';
import {
  foldHeader,
  makeCommit,
  SIGNED_AT_SECONDS,
  signCommit,
  type CommitSampleOptions,
} from '../support/signatures/commit-samples.ts';
import { openGitWorkshop, type GitWorkshop } from '../support/signatures/git-workshop.ts';
import { makeSshKey, makeSshSignature } from '../support/signatures/ssh-samples.ts';

const NOW = Date.UTC(2026, 5, 1);
const AHEAD = { keyValidity: 'now', committerMatch: false } as const;

/** A raw commit whose history is whole: git reads parents before it verifies. */
function makeRoot(options: CommitSampleOptions = {}): Buffer {
  return makeCommit({ parents: [], ...options });
}

interface Arranged {
  readonly id: string;
  /** Lines of allowed_signers. */
  readonly lines: string;
  readonly revoked?: string | Buffer;
}

interface Row {
  readonly what: string;
  readonly arrange: (workshop: GitWorkshop) => Promise<Arranged>;
  /** `%G?`: G good, U unknown key, B bad, N none. Of these, git accepts G alone. */
  readonly git: string;
  readonly holdfast: string;
  /** Where the two differ on purpose. */
  readonly because?: string;
  readonly keyValidity?: KeyValidity;
  readonly committerMatch?: boolean;
}

interface Asked {
  readonly keyValidity: KeyValidity;
  readonly committerMatch: boolean;
}

async function ask(workshop: GitWorkshop, { id, lines, revoked = '' }: Arranged, options: Asked) {
  const kind = 'commit';
  const algorithm = id.length === 40 ? 'sha1' : 'sha256';
  const object = parseObject(await workshop.readObject(id), { kind, algorithm });
  if (object.status === 'rejected') return object.code;
  assert.equal(object.value.id, id);
  const allowedSigners = parseAllowedSigners(Buffer.from(lines));
  const revokedKeys = parseRevokedKeys(Buffer.from(revoked));
  assert.ok(allowedSigners.status === 'read' && revokedKeys.status === 'read');
  const trust = { allowedSigners: allowedSigners.value, revoked: revokedKeys.value, ...options };
  const ssh = (content: Parameters<typeof verifySshSignature>[0]) => verifySshSignature(content);
  const verdict = await verifyObject(
    object.value,
    { ssh: (content) => ssh({ ...content, trust }) },
    NOW,
  );
  return verdict.status === 'rejected' ? verdict.code : verdict.status;
}

async function judge(workshop: GitWorkshop, row: Row) {
  const arranged = await row.arrange(workshop);
  const allowedSigners = await workshop.write('allowed_signers', arranged.lines);
  const revokedKeys =
    arranged.revoked === undefined ? undefined : await workshop.write('revoked', arranged.revoked);
  const { keyValidity = AHEAD.keyValidity, committerMatch = AHEAD.committerMatch } = row;
  return {
    git: await workshop.askGit(arranged.id, { allowedSigners, revokedKeys }),
    holdfast: await ask(workshop, arranged, { keyValidity, committerMatch }),
  };
}

/** A commit by `git commit -S`, and the line that trusts its key. */
function signedBy(...argv: readonly string[]): Row['arrange'] {
  return async (workshop) => {
    const key = await workshop.makeKey('key', ...argv);
    return {
      id: await workshop.commit({ key: key.path }),
      lines: `alice@example.com ${key.text}\n`,
    };
  };
}

const signed = signedBy('-t', 'ed25519');

/** The same with another line: KEY is the key. */
function withLine(line: string): Row['arrange'] {
  return async (workshop) => {
    const { id, lines } = await signed(workshop);
    return { id, lines: line.replace('KEY', lines.split(' ').slice(1).join(' ')) };
  };
}

/** A signed commit whose bytes were changed afterwards. */
function changed(change: (object: string) => string): Row['arrange'] {
  return async (workshop) => {
    const { id, lines } = await signed(workshop);
    const object = (await workshop.readObject(id)).toString('latin1');
    const stored = await workshop.storeObject(Buffer.from(change(object), 'latin1'));
    return { id: stored, lines };
  };
}

/** A raw commit with a signature of `ssh-keygen -Y sign`. */
function signedRaw(unsigned: Buffer, ...argv: readonly string[]): Row['arrange'] {
  return async (workshop) => {
    const key = await workshop.makeKey('key', '-t', 'ed25519');
    const signature = await workshop.sign(key.path, unsigned, ...argv);
    const id = await workshop.storeObject(signCommit(unsigned, () => signature));
    return { id, lines: `alice@example.com ${key.text}\n` };
  };
}

/** A revocation of the key, made by a function of its line and the workshop. */
function revokedBy(
  revoke: (workshop: GitWorkshop, key: string) => Promise<string | Buffer> | string,
): Row['arrange'] {
  return async (workshop) => {
    const { id, lines } = await signed(workshop);
    return { id, lines, revoked: await revoke(workshop, lines.split(' ').slice(1).join(' ')) };
  };
}

/** A KRL of `ssh-keygen -k` from the lines of its specification. */
async function makeKrl(workshop: GitWorkshop, specification: string, ...argv: readonly string[]) {
  const file = await workshop.write('specification', specification);
  await workshop.keygen('-k', '-f', `${workshop.folder}/krl`, ...argv, file);
  return await workshop.read('krl');
}

interface Certified {
  readonly options?: readonly string[];
  readonly line?: string;
  /** Lines of a KRL about certificates of the authority. */
  readonly krl?: string;
}

/** A commit signed with a certificate; CA is the authority. */
function certified({ options = [], line, krl }: Certified): Row['arrange'] {
  return async (workshop) => {
    const key = await workshop.makeKey('key', '-t', 'ed25519');
    const authority = await workshop.makeKey('ca', '-t', 'ecdsa');
    await workshop.keygen(
      ...['-s', authority.path, '-I', 'alice-1', '-z', '7'],
      ...(options.includes('-n') ? [] : ['-n', 'alice@example.com']),
      ...options,
      `${key.path}.pub`,
    );
    const unsigned = makeRoot();
    const signature = await workshop.sign(`${key.path}-cert.pub`, unsigned);
    const id = await workshop.storeObject(signCommit(unsigned, () => signature));
    const lines = (line ?? '*@example.com cert-authority CA\n').replace('CA', authority.text);
    if (krl === undefined) return { id, lines };
    const revoked = await makeKrl(workshop, krl, '-s', `${authority.path}.pub`);
    return { id, lines, revoked };
  };
}

/** A commit signed as a security key signs, which no machine without one can make. */
function signedOnSecurityKey(kind: 'sk-ed25519' | 'sk-ecdsa', flags: number): Row['arrange'] {
  return async (workshop) => {
    const key = makeSshKey(kind);
    const commit = signCommit(makeRoot(), (payload) => makeSshSignature(key, payload, { flags }));
    return { id: await workshop.storeObject(commit), lines: `alice@example.com ${key.text}\n` };
  };
}

const window = (first: string, last: string): string =>
  `alice@example.com valid-after="${first}",valid-before="${last}" KEY\n`;
const OVER = window('20251201Z', '20260201Z');
const serial = (text: string): Certified => ({ krl: `serial: ${text}\n` });

const KEYS: readonly Row[] = [
  { what: 'Ed25519', arrange: signed, git: 'G', holdfast: 'verified' },
  ...['256', '384', '521'].map((bits): Row => ({
    what: `ECDSA P-${bits}`,
    arrange: signedBy('-t', 'ecdsa', '-b', bits),
    git: 'G',
    holdfast: 'verified',
  })),
  {
    what: 'RSA-3072',
    arrange: signedBy('-t', 'rsa', '-b', '3072'),
    git: 'G',
    holdfast: 'verified',
  },
  {
    what: 'RSA-1024',
    arrange: signedBy('-t', 'rsa', '-b', '1024'),
    git: 'G',
    holdfast: 'weak_key',
    because: 'such keys can be factored',
  },
  {
    what: 'sha256 in place of sha512',
    arrange: signedRaw(makeRoot(), '-O', 'hashalg=sha256'),
    git: 'G',
    holdfast: 'verified',
  },
  {
    what: 'a touched security key, Ed25519',
    arrange: signedOnSecurityKey('sk-ed25519', 1),
    git: 'G',
    holdfast: 'verified',
  },
  {
    what: 'a touched security key, ECDSA',
    arrange: signedOnSecurityKey('sk-ecdsa', 5),
    git: 'G',
    holdfast: 'verified',
  },
  {
    what: 'an untouched security key, Ed25519',
    arrange: signedOnSecurityKey('sk-ed25519', 0),
    git: 'G',
    holdfast: 'user_presence_missing',
    because: 'ssh-keygen prints the flag and does not judge it',
  },
  {
    what: 'an untouched security key, ECDSA',
    arrange: signedOnSecurityKey('sk-ecdsa', 4),
    git: 'G',
    holdfast: 'user_presence_missing',
    because: 'ssh-keygen prints the flag and does not judge it',
  },
];

const TRUST: readonly Row[] = [
  {
    what: 'a key that no line has',
    arrange: async (workshop) => {
      const { id } = await signed(workshop);
      const other = await workshop.makeKey('other', '-t', 'ed25519');
      return { id, lines: `alice@example.com ${other.text}\n` };
    },
    git: 'U',
    holdfast: 'unknown_key',
  },
  {
    what: 'a line whose times ended before the commit',
    arrange: withLine(window('20250101Z', '20251201Z')),
    git: 'U',
    holdfast: 'key_not_valid',
  },
  {
    what: 'the same, where keys must be valid at signing',
    arrange: withLine(window('20250101Z', '20251201Z')),
    keyValidity: 'atSigning',
    git: 'U',
    holdfast: 'key_not_valid',
  },
  {
    what: 'a line whose times begin after the commit',
    arrange: withLine(window('20260201Z', '20270101Z')),
    git: 'U',
    holdfast: 'key_not_valid',
  },
  {
    what: 'a line whose times include the commit and are over now',
    arrange: withLine(OVER),
    git: 'G',
    holdfast: 'key_not_valid',
    because: 'whoever has the old key can date a commit back',
  },
  {
    what: 'the same, where keys must be valid at signing',
    arrange: withLine(OVER),
    keyValidity: 'atSigning',
    git: 'G',
    holdfast: 'verified',
  },
  {
    what: 'a line for files',
    arrange: withLine('alice@example.com namespaces="file" KEY\n'),
    git: 'B',
    holdfast: 'wrong_usage',
  },
  {
    what: 'a line for git and files',
    arrange: withLine('alice@example.com namespaces="file,git" KEY\n'),
    git: 'G',
    holdfast: 'verified',
  },
  {
    what: 'a signature for files',
    arrange: signedRaw(makeRoot(), '-n', 'file'),
    git: 'B',
    holdfast: 'wrong_namespace',
  },
  {
    what: 'a committer whose address is no principal',
    arrange: withLine('ben@example.com KEY\n'),
    git: 'G',
    holdfast: 'verified',
  },
  {
    what: 'the same, where the committer must match',
    arrange: withLine('ben@example.com KEY\n'),
    committerMatch: true,
    git: 'G',
    holdfast: 'identity_not_accepted',
    because: 'git compares no address',
  },
  {
    what: 'a committer who matches a pattern',
    arrange: withLine('"*@example.com,!ben@*" KEY\n'),
    committerMatch: true,
    git: 'G',
    holdfast: 'verified',
  },
];

const REVOCATION: readonly Row[] = [
  {
    what: 'a list of keys',
    arrange: revokedBy((_, key) => key),
    git: 'B',
    holdfast: 'key_revoked',
  },
  {
    what: 'a KRL with the key',
    arrange: revokedBy((workshop, key) => makeKrl(workshop, `key: ${key}`)),
    git: 'B',
    holdfast: 'key_revoked',
  },
  {
    what: 'a KRL with the SHA-1 of the key',
    arrange: revokedBy((workshop, key) => makeKrl(workshop, `sha1: ${key}`)),
    git: 'B',
    holdfast: 'key_revoked',
  },
  {
    what: 'a KRL with the SHA-256 of the key',
    arrange: revokedBy((workshop, key) => makeKrl(workshop, `sha256: ${key}`)),
    git: 'B',
    holdfast: 'key_revoked',
  },
  {
    what: 'a KRL with another key',
    arrange: revokedBy(async (workshop) => {
      const other = await workshop.makeKey('other', '-t', 'ed25519');
      return await makeKrl(workshop, `key: ${other.text}\n`);
    }),
    git: 'G',
    holdfast: 'verified',
  },
];

const CERTIFICATES: readonly Row[] = [
  { what: 'a certificate of an authority', arrange: certified({}), git: 'G', holdfast: 'verified' },
  {
    what: 'a certificate that is valid then and now',
    arrange: certified({ options: ['-V', '20251201Z:20260701Z'] }),
    git: 'G',
    holdfast: 'verified',
  },
  {
    what: 'a certificate that was valid then',
    arrange: certified({ options: ['-V', '20251201Z:20260201Z'] }),
    git: 'G',
    holdfast: 'key_not_valid',
    because: 'whoever has the old key can date a commit back',
  },
  {
    what: 'the same, where keys must be valid at signing',
    arrange: certified({ options: ['-V', '20251201Z:20260201Z'] }),
    keyValidity: 'atSigning',
    git: 'G',
    holdfast: 'verified',
  },
  {
    what: 'a certificate that was not valid then',
    arrange: certified({ options: ['-V', '20260201Z:20270101Z'] }),
    git: 'U',
    holdfast: 'key_not_valid',
  },
  {
    what: 'a certificate for another principal',
    arrange: certified({ options: ['-n', 'ben@example.org'] }),
    git: 'U',
    holdfast: 'identity_not_accepted',
  },
  {
    what: 'a certificate of a host',
    arrange: certified({ options: ['-h'] }),
    git: 'U',
    holdfast: 'certificate_invalid',
  },
  {
    what: 'an authority in a line without cert-authority',
    arrange: certified({ line: '*@example.com CA\n' }),
    git: 'U',
    holdfast: 'unknown_key',
  },
  {
    what: 'a critical option',
    arrange: certified({ options: ['-O', 'force-command=/bin/true'] }),
    git: 'G',
    holdfast: 'certificate_invalid',
    because: 'PROTOCOL.certkeys wants unknown options refused, and none of them allows signing',
  },
  {
    what: 'a revoked serial number',
    arrange: certified(serial('7')),
    git: 'B',
    holdfast: 'key_revoked',
  },
  {
    what: 'a revoked range',
    arrange: certified(serial('1-1000')),
    git: 'B',
    holdfast: 'key_revoked',
  },
  // Many numbers near to each other become a bitmap.
  {
    what: 'a revoked number in a bitmap',
    arrange: certified({
      krl: [1, 3, 5, 7, 9, 11, 13, 15, 17, 20].map((n) => `serial: ${n}\n`).join(''),
    }),
    git: 'B',
    holdfast: 'key_revoked',
  },
  {
    what: 'its neighbours in a bitmap',
    arrange: certified({
      krl: [1, 3, 5, 6, 8, 11, 13, 15, 17, 20].map((n) => `serial: ${n}\n`).join(''),
    }),
    git: 'G',
    holdfast: 'verified',
  },
  {
    what: 'a revoked key ID',
    arrange: certified({ krl: 'id: alice-1\n' }),
    git: 'B',
    holdfast: 'key_revoked',
  },
  {
    what: 'other revoked numbers and IDs',
    arrange: certified({ krl: 'serial: 8-99\nid: alice-2\n' }),
    git: 'G',
    holdfast: 'verified',
  },
];

const BOTH = 'the bytes that were signed are the same';
const OBJECTS: readonly Row[] = [
  {
    what: 'no signature',
    arrange: async (workshop) => ({ id: await workshop.commit(), lines: '' }),
    git: 'N',
    holdfast: 'unsigned',
  },
  {
    what: 'another message',
    arrange: changed((object) => object.replace('Release', 'release')),
    git: 'B',
    holdfast: 'bad_signature',
  },
  {
    what: 'another tree',
    arrange: changed((object) => object.replace(/^tree .{4}/u, 'tree 0000')),
    git: 'B',
    holdfast: 'bad_signature',
  },
  {
    what: 'NUL and text behind the message',
    arrange: changed((object) => `${object}\0more`),
    git: 'B',
    holdfast: 'bad_signature',
  },
  {
    what: 'the same signature twice',
    arrange: changed((object) =>
      object.replace(/gpgsig [\s\S]*?\n(?! )/u, (header) => header + header),
    ),
    git: 'G',
    holdfast: 'multiple_signatures',
    because: 'verifiers differ in which of them they look at',
  },
  {
    what: 'the header for the other hash algorithm',
    arrange: changed((object) => object.replace('gpgsig ', 'gpgsig-sha256 ')),
    git: 'N',
    holdfast: 'unsigned',
  },
  {
    what: 'a header that begins like a signature',
    arrange: changed((object) => object.replace('gpgsig ', 'gpgsigned evil\ngpgsig ')),
    git: 'G',
    holdfast: 'malformed_object',
    because: `git leaves it out of the signed bytes: anybody can add it, and ${BOTH}`,
  },
  {
    what: 'a second author before the signature',
    arrange: signedRaw(makeRoot({ headers: 'author Eve <eve@example.com> 0 +0000\n' })),
    git: 'G',
    holdfast: 'malformed_object',
    because: 'programs differ in which author they read',
  },
  {
    what: 'an empty message',
    arrange: signedRaw(makeRoot({ message: '' })),
    git: 'G',
    holdfast: 'verified',
  },
  {
    what: 'CRLF and spaces at the ends of lines',
    arrange: signedRaw(makeRoot({ message: 'a \r\n\r\nb \r\n' })),
    git: 'G',
    holdfast: 'verified',
  },
  {
    what: 'Latin-1',
    arrange: signedRaw(
      makeRoot({
        headers: 'encoding ISO-8859-1\n',
        message: 'Grüße\n',
        author: 'Jürg <alice@example.com> 0 +0000',
      }),
    ),
    git: 'G',
    holdfast: 'verified',
  },
  {
    what: 'NUL in a signed message',
    arrange: signedRaw(makeRoot({ message: 'a\0b\n' })),
    git: 'G',
    holdfast: 'verified',
  },
];

async function check(test: TestContext, row: Row): Promise<void> {
  const { git, holdfast } = await judge(await openGitWorkshop(test), row);

  assert.deepEqual(
    { git, holdfast },
    { git: { letter: row.git, isAccepted: row.git === 'G' }, holdfast: row.holdfast },
  );
  const agree = (row.git === 'G') === (row.holdfast === 'verified');
  assert.equal(row.because === undefined, agree, 'a difference has its reason, and only that');
}

for (const [name, rows] of Object.entries({ KEYS, TRUST, REVOCATION, CERTIFICATES, OBJECTS })) {
  describe(`SSH signatures: ${name.toLowerCase()}`, () => {
    for (const row of rows) {
      it(`${row.what}: git ${row.git}, Holdfast ${row.holdfast}`, (test) => check(test, row));
    }
  });
}

describe('SSH signatures on what git makes', () => {
  async function asks(workshop: GitWorkshop, id: string, text: string) {
    const lines = `alice@example.com ${text}\n`;
    const allowedSigners = await workshop.write('allowed_signers', lines);
    return {
      git: (await workshop.askGit(id, { allowedSigners })).letter,
      holdfast: await ask(workshop, { id, lines }, AHEAD),
    };
  }

  it('verifies commits of a repository of SHA-256', async (t) => {
    const workshop = await openGitWorkshop(t, { objectFormat: 'sha256' });
    const key = await workshop.makeKey('key', '-t', 'ed25519');
    const id = await workshop.commit({ key: key.path });

    assert.deepEqual(
      [id.length, await asks(workshop, id, key.text)],
      [64, { git: 'G', holdfast: 'verified' }],
    );
  });

  it('verifies the merge of a signed tag by the signature of the merge alone', async (t) => {
    const workshop = await openGitWorkshop(t);
    const [merger, tagger] = [
      await workshop.makeKey('merger', '-t', 'ed25519'),
      await workshop.makeKey('tagger', '-t', 'ed25519'),
    ];
    await workshop.commit();
    await workshop.git('checkout', '-q', '-b', 'topic');
    await workshop.commit({ message: 'Topic' });
    await workshop.git(
      '-c',
      `user.signingKey=${tagger.path}`,
      'tag',
      '-s',
      '-m',
      'Topic',
      'topic-1',
    );
    await workshop.git('checkout', '-q', '-B', 'main', 'HEAD~1');
    await workshop.commit({ message: 'Main' });
    const merge = async (...argv: readonly string[]) => {
      await workshop.git(
        '-c',
        `user.signingKey=${merger.path}`,
        'merge',
        '-q',
        '--no-ff',
        '--no-edit',
        ...argv,
        'topic-1',
      );
      return await workshop.git('rev-parse', 'HEAD');
    };
    const signedMerge = await merge('-S');
    await workshop.git('reset', '-q', '--hard', 'HEAD~1');
    const unsignedMerge = await merge('--no-gpg-sign');

    assert.match((await workshop.readObject(unsignedMerge)).toString(), /^mergetag object/mu);
    assert.deepEqual(
      [
        await asks(workshop, signedMerge, merger.text),
        await asks(workshop, signedMerge, tagger.text),
        await asks(workshop, unsignedMerge, tagger.text),
      ],
      [
        { git: 'G', holdfast: 'verified' },
        { git: 'U', holdfast: 'unknown_key' },
        { git: 'N', holdfast: 'unsigned' },
      ],
    );
  });

  it('verifies signed tags, and refuses changed ones', async (t) => {
    const workshop = await openGitWorkshop(t);
    const key = await workshop.makeKey('key', '-t', 'ed25519');
    await workshop.commit();
    await workshop.git('-c', `user.signingKey=${key.path}`, 'tag', '-s', '-m', 'v1', 'v1');
    const tag = (await workshop.readObject('v1', 'tag')).toString();
    const forged = await workshop.storeObject(Buffer.from(tag.replace('\nv1\n', '\nv2\n')), 'tag');
    await workshop.git('update-ref', 'refs/tags/v2', forged);
    const allowedSigners = parseAllowedSigners(Buffer.from(`a ${key.text}`));
    assert.ok(allowedSigners.status === 'read');
    const file = await workshop.write('allowed_signers', `alice@example.com ${key.text}\n`);
    const revoked = { fingerprints: new Set<string>(), sha1: new Set<string>(), certificates: [] };
    const trust = { ...AHEAD, allowedSigners: allowedSigners.value, revoked };
    const verdicts = ['v1', 'v2'].map(async (name) => {
      const bytes = await workshop.readObject(name, 'tag');
      const object = parseObject(bytes, { kind: 'tag', algorithm: 'sha1' });
      assert.ok(object.status === 'parsed');
      const verdict = await verifyObject(
        object.value,
        { ssh: (content) => verifySshSignature({ ...content, trust }) },
        SIGNED_AT_SECONDS * 1000,
      );
      const accepts = await workshop.acceptsTag(name, { allowedSigners: file });
      return [accepts, verdict.status === 'rejected' ? verdict.code : verdict.status];
    });

    assert.deepEqual(await Promise.all(verdicts), [
      [true, 'verified'],
      [false, 'bad_signature'],
    ]);
  });

  it('does not count the signature of a merged tag that somebody has put into a commit', async (t) => {
    const workshop = await openGitWorkshop(t);
    const key = await workshop.makeKey('key', '-t', 'ed25519');
    await workshop.commit();
    await workshop.git('-c', `user.signingKey=${key.path}`, 'tag', '-s', '-m', 'v1', 'v1');
    const headers = foldHeader('mergetag', await workshop.readObject('v1', 'tag'));
    const id = await workshop.storeObject(makeRoot({ headers }));

    assert.deepEqual(await asks(workshop, id, key.text), { git: 'N', holdfast: 'unsigned' });
  });
});
