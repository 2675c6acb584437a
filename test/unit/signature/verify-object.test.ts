import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseObject } from '../../../src/signature/git/parse-object.ts';
import { rejected } from '../../../src/signature/verification.ts';
import {
  verifyObject,
  type SignatureVerifiers,
  type SignedContent,
} from '../../../src/signature/verify-object.ts';
import {
  foldHeader,
  makeCommit,
  makeTag,
  SIGNED_AT_SECONDS,
  signCommit,
} from '../../support/signatures/commit-samples.ts';

const SSH = Buffer.from('-----BEGIN SSH SIGNATURE-----\nAAAA\n-----END SSH SIGNATURE-----');
const NOW = 5;

async function verify(
  bytes: Buffer,
  verifiers: SignatureVerifiers = {},
  kind: 'commit' | 'tag' = 'commit',
) {
  const object = parseObject(bytes, { kind, algorithm: 'sha1' });
  assert.ok(object.status === 'parsed');
  return await verifyObject(object.value, verifiers, NOW);
}

describe('verifyObject()', () => {
  it('passes the signed bytes, the signature and both times to the verifier of the format', async () => {
    const seen: SignedContent[] = [];
    const verdict = rejected('unknown_key', 'sample');
    const ssh = (content: SignedContent) => {
      seen.push(content);
      return verdict;
    };
    const commit = makeCommit();
    const results = [
      await verify(
        signCommit(commit, () => SSH),
        { ssh },
      ),
      await verify(Buffer.concat([makeTag(), SSH]), { ssh }, 'tag'),
    ];

    assert.deepEqual(results, [verdict, verdict]);
    assert.deepEqual(
      seen,
      [commit, makeTag()].map((payload) => ({
        payload,
        signature: SSH,
        committedAtMs: SIGNED_AT_SECONDS * 1000,
        committer: {
          name: 'Alice',
          email: 'alice@example.com',
          atMs: SIGNED_AT_SECONDS * 1000,
          zone: '+0000',
        },
        nowMs: NOW,
      })),
    );
  });

  const twice = foldHeader('gpgsig', SSH) + foldHeader('gpgsig', SSH);
  const table: readonly (readonly [string, Buffer, object])[] = [
    ['no signature', makeCommit(), rejected('unsigned', 'The commit has no signature')],
    [
      'a signature for the other hash alone',
      signCommit(makeCommit(), () => SSH, 'gpgsig-sha256'),
      rejected(
        'unsigned',
        'The commit has no signature; "gpgsig-sha256" does not count in a repository of sha1',
      ),
    ],
    [
      'two signatures',
      makeCommit({ headers: twice }),
      rejected('multiple_signatures', 'The commit has 2 signatures'),
    ],
    [
      'an unknown armor',
      makeCommit({ headers: 'gpgsig x\n' }),
      rejected('unsupported_signature', 'The signature begins like none of OpenPGP, SSH or CMS'),
    ],
    [
      'a format that nobody is trusted with',
      signCommit(makeCommit(), () => SSH),
      rejected('unsupported_signature', 'Nobody is configured whose SSH signatures count'),
    ],
  ];
  for (const [what, bytes, expected] of table) {
    it(`refuses ${what}`, async () => {
      assert.deepEqual(await verify(bytes), expected);
    });
  }

  it('refuses a tag that claims no time', async () => {
    const ssh = () => rejected('unknown_key', 'never asked');

    assert.deepEqual(
      await verify(Buffer.concat([makeTag('v1\n', ''), SSH]), { ssh }, 'tag'),
      rejected('malformed_object', 'The tag has no tagger, and so no time'),
    );
  });
});
