import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { parseHeaders } from '../../../../src/signature/git/parse-headers.ts';
import {
  parseSignature,
  type SplitOptions,
} from '../../../../src/signature/git/parse-signature.ts';
import {
  foldHeader,
  makeCommit,
  makeTag,
  signCommit,
} from '../../../support/signatures/commit-samples.ts';

const SSH = '-----BEGIN SSH SIGNATURE-----\nAAAA\n-----END SSH SIGNATURE-----\n';
const PGP = '-----BEGIN PGP SIGNATURE-----\n\nAAAA\n-----END PGP SIGNATURE-----\n';
const COMMIT: SplitOptions = { kind: 'commit', algorithm: 'sha1' };
const TAG: SplitOptions = { kind: 'tag', algorithm: 'sha1' };

function split(object: Buffer, options = COMMIT) {
  const parts = parseHeaders(object);
  assert.ok(parts.status === 'parsed');
  const found = parseSignature(object, parts.value, options);
  if (found.status === 'rejected') return found;
  if (found.value.status !== 'one') return found.value;
  const { payload, signature, format } = found.value;
  return { format, payload: payload.toString('latin1'), signature: signature.toString('latin1') };
}

/** git adds the LF of the header's last line; the armor is the same without. */
const VALUE = SSH.trimEnd();

describe('parseSignature() of a commit', () => {
  const bodies: readonly (readonly [string, Buffer])[] = [
    ['a message', makeCommit()],
    ['a root commit', makeCommit({ parents: [] })],
    ['a merge', makeCommit({ parents: ['2'.repeat(40), '3'.repeat(40)] })],
    ['an empty message', makeCommit({ message: '' })],
    [
      'a message with CRLF and spaces at the ends of lines',
      makeCommit({ message: 'a \r\n\r\nb \r\n' }),
    ],
    ['NUL in the message', makeCommit({ message: 'a\0b' })],
    ['Latin-1', makeCommit({ headers: 'encoding ISO-8859-1\n', message: 'Grüße\n' })],
    ['a message that quotes headers', makeCommit({ message: 'x\n\ngpgsig y\n z\n' })],
    [
      'the tag of a merge, signed by somebody else',
      makeCommit({ headers: foldHeader('mergetag', `${makeTag().toString()}${PGP}`) }),
    ],
  ];
  for (const [what, unsigned] of bodies) {
    it(`gives back the bytes that were signed: ${what}`, () => {
      assert.deepEqual(split(signCommit(unsigned, () => Buffer.from(SSH))), {
        format: 'ssh',
        payload: unsigned.toString('latin1'),
        signature: VALUE,
      });
    });
  }

  it('leaves the signatures of both hash algorithms out of the signed bytes', () => {
    const unsigned = makeCommit();
    const other = signCommit(unsigned, () => Buffer.from(PGP), 'gpgsig-sha256');
    const both = signCommit(other, () => Buffer.from(SSH));

    assert.deepEqual(
      [split(both), split(both, { kind: 'commit', algorithm: 'sha256' })],
      [
        { format: 'ssh', payload: unsigned.toString(), signature: VALUE },
        { format: 'openpgp', payload: unsigned.toString(), signature: PGP.trimEnd() },
      ],
    );
  });

  it('does not count a signature for the other hash algorithm', () => {
    const object = signCommit(makeCommit(), () => Buffer.from(SSH), 'gpgsig-sha256');

    assert.deepEqual(split(object), { status: 'none', otherHeader: 'gpgsig-sha256' });
  });

  it('finds no signature where only a merged tag has one', () => {
    const headers = foldHeader('mergetag', `${makeTag().toString()}${PGP}`);

    assert.deepEqual(split(makeCommit({ headers })), { status: 'none', otherHeader: undefined });
  });

  it('counts several signatures', () => {
    const object = makeCommit({ headers: foldHeader('gpgsig', SSH) + foldHeader('gpgsig', SSH) });

    assert.deepEqual(split(object), { status: 'several', count: 2 });
  });

  it('knows no format of an unknown armor', () => {
    assert.deepEqual(split(makeCommit({ headers: 'gpgsig hello\n' })), {
      format: undefined,
      payload: makeCommit().toString(),
      signature: 'hello',
    });
  });

  for (const header of ['gpgsig-md5 x\n', 'gpgsigs x\n', 'gpgsig\n']) {
    it(`refuses the header ${JSON.stringify(header)}, which git would leave out unsigned`, () => {
      assert.deepEqual(split(makeCommit({ headers: header })), {
        status: 'rejected',
        code: 'malformed_object',
        reason: `The header "${header.trim().split(' ')[0]}" begins like a signature and is none that git defines`,
      });
    });
  }
});

describe('parseSignature() of a tag', () => {
  it('takes the armored block at the end', () => {
    const unsigned = makeTag();

    assert.deepEqual(split(Buffer.concat([unsigned, Buffer.from(SSH)]), TAG), {
      format: 'ssh',
      payload: unsigned.toString(),
      signature: SSH,
    });
  });

  it('takes the last of several blocks: those before are text that was signed', () => {
    const unsigned = makeTag(`v1\n${PGP}`);

    assert.deepEqual(split(Buffer.concat([unsigned, Buffer.from(SSH)]), TAG), {
      format: 'ssh',
      payload: unsigned.toString(),
      signature: SSH,
    });
  });

  it('leaves a signature header out of the signed bytes', () => {
    const unsigned = makeTag();
    const tag = Buffer.concat([
      signCommit(unsigned, () => Buffer.from(PGP), 'gpgsig-sha256'),
      Buffer.from(SSH.trimEnd()),
    ]);

    assert.deepEqual(split(tag, TAG), {
      format: 'ssh',
      payload: unsigned.toString(),
      signature: VALUE,
    });
  });

  it('finds no signature in a tag without a block', () => {
    assert.deepEqual(split(makeTag(), TAG), { status: 'none', otherHeader: undefined });
  });

  for (const header of ['gpgsig', 'gpgsig-sha256']) {
    it(`does not count the header ${header} of a tag without a block, and names it`, () => {
      const tag = signCommit(makeTag(), () => Buffer.from(PGP), header);

      assert.deepEqual(split(tag, TAG), { status: 'none', otherHeader: header });
    });
  }
});

it('splits whatever bytes without a fault, and invents none', () => {
  const lines = fc.constantFrom(
    'gpgsig ',
    'gpgsig-sha256 ',
    'tree ',
    ' ',
    '\n',
    '-----BEGIN SSH SIGNATURE-----',
    'x',
    '\0',
    '\r',
  );
  fc.assert(
    fc.property(fc.array(lines, { maxLength: 40 }), fc.boolean(), (words, isTag) => {
      const object = Buffer.from(words.join(''));
      const parts = parseHeaders(object);
      if (parts.status === 'rejected') return;
      const found = parseSignature(object, parts.value, isTag ? TAG : COMMIT);
      if (found.status === 'rejected' || found.value.status !== 'one') return;
      const { payload, signature } = found.value;
      assert.ok(payload.length + signature.length <= object.length);
    }),
  );
});
