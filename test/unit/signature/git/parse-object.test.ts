import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { computeObjectId } from '../../../../src/signature/git/compute-object-id.ts';
import {
  parseObject,
  type ParseObjectOptions,
} from '../../../../src/signature/git/parse-object.ts';
import { SIGNATURE_LIMITS } from '../../../../src/signature/settings.ts';
import {
  foldHeader,
  makeCommit,
  makeTag,
  PARENT,
  SIGNED_AT_SECONDS,
  TREE,
} from '../../../support/signatures/commit-samples.ts';

const COMMIT: ParseObjectOptions = { kind: 'commit', algorithm: 'sha1' };
const TAG: ParseObjectOptions = { kind: 'tag', algorithm: 'sha1' };
const ALICE = {
  name: 'Alice',
  email: 'alice@example.com',
  atMs: SIGNED_AT_SECONDS * 1000,
  zone: '+0000',
};
const BLOCK = '-----BEGIN SSH SIGNATURE-----\nAAAA\n-----END SSH SIGNATURE-----\n';

describe('parseObject() of a commit', () => {
  it('reads every field, and computes the id', () => {
    const bytes = makeCommit({ message: 'Release\n\nSigned-off-by: B <b@example.com>\n' });

    assert.deepEqual(parseObject(bytes, COMMIT), {
      status: 'parsed',
      value: {
        kind: 'commit',
        id: computeObjectId('commit', bytes, 'sha1'),
        algorithm: 'sha1',
        signature: { status: 'none', otherHeader: undefined },
        message: 'Release\n\nSigned-off-by: B <b@example.com>\n',
        tree: TREE,
        parents: [PARENT],
        author: ALICE,
        committer: ALICE,
        trailers: [{ key: 'Signed-off-by', value: 'B <b@example.com>' }],
      },
    });
  });

  it('reads a commit of a repository of SHA-256', () => {
    const bytes = Buffer.from(
      makeCommit().toString().replace(TREE, 'a'.repeat(64)).replace(PARENT, 'b'.repeat(64)),
    );

    const result = parseObject(bytes, { kind: 'commit', algorithm: 'sha256' });

    assert.partialDeepStrictEqual(result, {
      status: 'parsed',
      value: {
        id: computeObjectId('commit', bytes, 'sha256'),
        tree: 'a'.repeat(64),
        parents: ['b'.repeat(64)],
      },
    });
  });

  it('reads headers that it does not know, several merged tags and an encoding', () => {
    const tag = foldHeader('mergetag', makeTag());
    const headers = `encoding ISO-8859-1\n${tag}${tag}HG:extra x\n`;

    const result = parseObject(makeCommit({ headers, message: 'Grüße\n' }), COMMIT);

    assert.partialDeepStrictEqual(result, { status: 'parsed', value: { message: 'Grüße\n' } });
  });

  const again = 'comes twice or in the wrong place';
  const refused: readonly (readonly [string, Buffer, string])[] = [
    ['nothing', Buffer.alloc(0), 'it has no header "tree" where git writes it'],
    [
      'an id of another length',
      Buffer.from(makeCommit().toString().replace(TREE, 'a'.repeat(64))),
      'its header "tree" is no object id of this repository',
    ],
    [
      'an id in upper case',
      makeCommit({ parents: ['A'.repeat(40)] }),
      'its header "parent" is no object id of this repository',
    ],
    [
      'an author without an address',
      makeCommit({ author: 'Alice 0 +0000' }),
      'its header "author" is not "Name <email> seconds zone"',
    ],
    [
      'a second author',
      makeCommit({ headers: 'author B <b@x> 0 +0000\n' }),
      `its header "author" ${again}`,
    ],
    [
      'a parent after the committer',
      makeCommit({ headers: `parent ${PARENT}\n` }),
      `its header "parent" ${again}`,
    ],
    [
      'two encodings',
      makeCommit({ headers: 'encoding a\nencoding b\n' }),
      `its header "encoding" ${again}`,
    ],
    ['a tag', makeTag(), 'it has no header "tree" where git writes it'],
  ];
  for (const [what, bytes, reason] of refused) {
    it(`refuses ${what}`, () => {
      assert.deepEqual(parseObject(bytes, COMMIT), {
        status: 'rejected',
        code: 'malformed_object',
        reason: `The object cannot be read: ${reason}`,
      });
    });
  }

  it('refuses what it refuses to split', () => {
    const results = [
      parseObject(Buffer.from('tree'), COMMIT),
      parseObject(makeCommit({ headers: 'gpgsigs x\n' }), COMMIT),
    ];

    assert.deepEqual(
      results.map((result) => result.status === 'rejected' && result.code),
      ['malformed_object', 'malformed_object'],
    );
  });

  it('refuses more bytes, headers and trailers than the limits', () => {
    const max = SIGNATURE_LIMITS['signature.objectBytesMax'].default;
    const trailers = 'A: b\n'.repeat(SIGNATURE_LIMITS['signature.trailersMax'].default);
    const count = SIGNATURE_LIMITS['signature.headersMax'].default;
    const results = [
      // Beside four others.
      makeCommit({ headers: 'a b\n'.repeat(count - 4) }),
      makeCommit({ headers: 'a b\n'.repeat(count - 3) }),
      makeCommit({ message: 'x'.repeat(max) }),
      makeCommit({ message: `T\n\n${trailers}` }),
      makeCommit({ message: `T\n\n${trailers}A: b\n` }),
    ].map((bytes) => parseObject(bytes, COMMIT));

    assert.deepEqual(
      results.map((result) => (result.status === 'rejected' ? result.code : result.status)),
      ['parsed', 'limit_exceeded', 'limit_exceeded', 'parsed', 'limit_exceeded'],
    );
  });
});

describe('parseObject() of a tag', () => {
  it('reads every field; the signature is no part of the message', () => {
    const bytes = Buffer.concat([makeTag(), Buffer.from(BLOCK)]);

    assert.deepEqual(parseObject(bytes, TAG), {
      status: 'parsed',
      value: {
        kind: 'tag',
        id: computeObjectId('tag', bytes, 'sha1'),
        algorithm: 'sha1',
        signature: {
          status: 'one',
          format: 'ssh',
          payload: makeTag(),
          signature: Buffer.from(BLOCK),
        },
        message: 'v1\n',
        target: PARENT,
        targetKind: 'commit',
        name: 'v1',
        tagger: ALICE,
      },
    });
  });

  it('reads a tag without a tagger', () => {
    assert.partialDeepStrictEqual(parseObject(makeTag('v1\n', ''), TAG), {
      status: 'parsed',
      value: { tagger: undefined, message: 'v1\n' },
    });
  });

  it('refuses a second tagger, and a commit', () => {
    const bytes = [
      makeTag('m\n', 'tagger A <a@x> 0 +0000\ntagger B <b@x> 0 +0000\n'),
      makeCommit(),
    ];

    assert.deepEqual(
      bytes.map((object) => parseObject(object, TAG)).map((result) => result.status),
      ['rejected', 'rejected'],
    );
  });
});

it('reads whatever bytes without a fault', () => {
  const sample = makeCommit();
  fc.assert(
    fc.property(fc.nat(sample.length - 1), fc.uint8Array({ maxLength: 4 }), (at, bytes) => {
      const mangled = Buffer.concat([sample.subarray(0, at), bytes, sample.subarray(at + 1)]);
      for (const options of [COMMIT, TAG]) parseObject(mangled, options);
    }),
  );
});

describe('parseObject() of as many bytes as it takes', () => {
  const room = SIGNATURE_LIMITS['signature.objectBytesMax'].default - 500;
  const fill = (text: string): string => text.repeat(Math.floor(room / text.length));
  const objects: Readonly<Record<string, Buffer>> = {
    'short headers': makeCommit({ headers: fill('a\n') }),
    'continued headers': makeCommit({ headers: `a b\n${fill(' \n')}` }),
    signatures: makeCommit({ headers: fill('gpgsig x\n') }),
    trailers: makeCommit({ message: `t\n\n${fill('a:\n')}` }),
    'one trailer over all lines': makeCommit({ message: `t\n\na: b\n${fill(' c\n')}` }),
    'empty lines': makeCommit({ message: fill('\n') }),
    'a name of brackets': makeCommit({ author: fill(' <') }),
    'lines like armors': makeTag(fill('-----BEGIN SSH SIGNATURE-----\n')),
  };
  for (const [what, bytes] of Object.entries(objects)) {
    it(`takes time that grows with their number: ${what}`, () => {
      const startMs = performance.now();
      parseObject(bytes, bytes.subarray(0, 4).toString() === 'tree' ? COMMIT : TAG);

      // Some hundred milliseconds on a busy machine; with the square of a mebibyte, minutes.
      assert.ok(performance.now() - startMs < 20_000);
    });
  }
});
