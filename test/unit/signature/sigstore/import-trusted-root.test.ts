import assert from 'node:assert/strict';
import { test } from 'node:test';
import { importTrustedRoot } from '../../../../src/signature/sigstore/import-trusted-root.ts';
import { SigstoreInstance } from '../../../support/signatures/sigstore-instance.ts';

const instance = await SigstoreInstance.start();
const root = instance.trustedRoot();

function problems(value: unknown): readonly string[] {
  const reading = importTrustedRoot(JSON.stringify(value));
  return reading.status === 'refused' ? reading.problems : [];
}

test('importTrustedRoot() reads a trusted root', () => {
  assert.equal(importTrustedRoot(JSON.stringify(root)).status, 'read');
});

test('importTrustedRoot() refuses keys without a start, which would count for ever', () => {
  const endless = ({ publicKey, ...log }: (typeof root.tlogs)[number]) => ({
    ...log,
    publicKey: { ...publicKey, validFor: {} },
  });
  const { publicKey: _publicKey, ...keyless } = root.tlogs[0] ?? { publicKey: undefined };
  assert.deepEqual(problems({ ...root, tlogs: root.tlogs.map(endless), ctlogs: [keyless] }), [
    '"tlogs[0].publicKey.validFor.start" is missing',
    '"ctlogs[0].publicKey" is missing',
  ]);
});

test('importTrustedRoot() refuses empty parts', () => {
  assert.deepEqual(problems({}), [
    'it is no trusted root: "mediaType" does not say so',
    '"tlogs" is empty',
    '"ctlogs" is empty',
    '"certificateAuthorities" is empty',
  ]);
  assert.deepEqual(
    problems({ ...root, certificateAuthorities: [{}], timestampAuthorities: [{}] }),
    [
      '"certificateAuthorities[0].certChain.certificates" is empty',
      '"timestampAuthorities[0].certChain.certificates" is empty',
    ],
  );
});

test('importTrustedRoot() refuses what is no JSON, too large, or of other types', () => {
  for (const [text, message] of [
    ['{', /no JSON/u],
    ['{"tlogs":[],"tlogs":[]}', /duplicate_key/u],
    [' '.repeat(1_100_000), /at most/u],
    ['null', /cannot be read/u],
    [
      JSON.stringify({
        ...root,
        tlogs: [
          {
            ...root.tlogs[0],
            publicKey: { rawBytes: 'AA==', validFor: { start: '2020-01-01T00:00:00Z' } },
          },
        ],
      }),
      /cannot be read/u,
    ],
  ] as const) {
    const reading = importTrustedRoot(text);
    assert.ok(reading.status === 'refused');
    assert.match(reading.problems.join(), message);
  }
});
