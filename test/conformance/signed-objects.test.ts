/**
 * Commits, merges and tags with SSH signatures, made on the spot by the real ssh-keygen and git: what `git verify-commit` says and what Holdfast
 * says. Where both differ, the row says why.
 */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseObject } from '../../src/signature/git/parse-object.ts';
import { parseAllowedSigners } from '../../src/signature/ssh/parse-allowed-signers.ts';
import { NOTHING_REVOKED } from '../../src/signature/ssh/revoked-keys.ts';
import { verifySshSignature } from '../../src/signature/ssh/verify-ssh-signature.ts';
import { verifyObject } from '../../src/signature/verify-object.ts';
import { foldHeader, SIGNED_AT_SECONDS } from '../support/signatures/commit-samples.ts';
import { openGitWorkshop, type GitWorkshop } from '../support/signatures/git-workshop.ts';
import {
  DEFAULTS,
  ask,
  changed,
  makeRoot,
  signedRaw,
  testRows,
  type Row,
} from '../support/signatures/ssh-matrix.ts';

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

testRows('SSH signatures: objects', OBJECTS);

describe('SSH signatures on what git makes', () => {
  async function asks(workshop: GitWorkshop, id: string, text: string) {
    const lines = `alice@example.com ${text}\n`;
    const allowedSigners = await workshop.write('allowed_signers', lines);
    return {
      git: (await workshop.askGit(id, { allowedSigners })).letter,
      holdfast: await ask(workshop, { id, lines }, DEFAULTS),
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
    const trust = { ...DEFAULTS, allowedSigners: allowedSigners.value, revoked: NOTHING_REVOKED };
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
