import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { decodeText, parseIdentity } from '../../../../src/signature/git/parse-identity.ts';

describe('parseIdentity()', () => {
  it('reads name, address, time and zone', () => {
    assert.deepEqual(parseIdentity(Buffer.from('Ada B. <ada@example.com> 1767225600 -0330')), {
      name: 'Ada B.',
      email: 'ada@example.com',
      atMs: 1_767_225_600_000,
      zone: '-0330',
    });
  });

  it('takes an empty name and an empty address', () => {
    assert.deepEqual(parseIdentity(Buffer.from(' <> 0 +0000')), {
      name: '',
      email: '',
      atMs: 0,
      zone: '+0000',
    });
  });

  const refused = [
    'Ada ada@example.com 0 +0000',
    'Ada <ada@example.com> <eve@example.com> 0 +0000',
    'Ada<ada@example.com> 0 +0000',
    'Ada <a@b> 007 +0000',
    'Ada <a@b> -1 +0000',
    'Ada <a@b> 0 +051800',
    'Ada <a@b> 0 0000',
    'Ada <a@b> 0 +0000 ',
    'Ada <a@b> 1234567890123 +0000',
    'Ada\nBen <a@b> 0 +0000',
    '',
  ];
  for (const text of refused) {
    it(`refuses ${JSON.stringify(text)}`, () => {
      assert.equal(parseIdentity(Buffer.from(text)), undefined);
    });
  }
});

describe('decodeText()', () => {
  it('reads UTF-8, and anything else as Latin-1', () => {
    assert.deepEqual(
      [decodeText(Buffer.from('Jürg')), decodeText(Buffer.from('Jürg', 'latin1'))],
      ['Jürg', 'Jürg'],
    );
  });
});
