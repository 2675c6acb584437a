import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { imagesFact } from '../../../../src/admission/facts/images.ts';
import type { ImageSignatureFact } from '../../../../src/image/image-conclusion.ts';
import type { ImageFact } from '../../../../src/image/images-fact.ts';

const PATH = 'spec.containers[0].image';
const TEXT = 'registry.example.com/shop:1';
const SIGNERS = [{ authority: 'release', identity: 'cosign 00' }];
const ATTESTATION = {
  name: 'built',
  predicateType: 'https://slsa.dev/provenance/v1',
  authority: 'release',
  identity: 'cosign 00',
};

function image(signature: ImageSignatureFact | undefined): ImageFact {
  const parts = { registry: 'registry.example.com', repository: 'shop', tag: '1' };
  const place = { path: PATH, kind: 'container', status: 'parsed', isNew: true } as const;
  return { ...place, ...parts, text: TEXT, signature };
}

const VERIFIED = {
  status: 'verified',
  rule: 'shop',
  digest: 'sha256:0',
  signers: SIGNERS,
} as const;
const UNAVAILABLE = {
  status: 'unavailable',
  rule: 'shop',
  reason: 'No answer',
  mode: 'allow-if-last-good',
} as const;

describe('what a record has of images', () => {
  for (const [what, signature, expected] of [
    [
      'who signed a verified one',
      { ...VERIFIED, attestations: [] },
      { status: 'verified', rule: 'shop', digest: 'sha256:0', signers: SIGNERS },
    ],
    [
      'what is attested of it',
      { ...VERIFIED, attestations: [ATTESTATION] },
      { ...VERIFIED, attestations: [ATTESTATION] },
    ],
    [
      'the code of a rejected one, without the reason, which the denial repeats',
      { status: 'rejected', rule: 'shop', code: 'unsigned', reason: 'No signature' },
      { status: 'rejected', rule: 'shop', code: 'unsigned', signers: [] },
    ],
    ['that nobody could tell', UNAVAILABLE, { status: 'unavailable', rule: 'shop', signers: [] }],
    [
      'the digest that was admitted as the last good one',
      { ...UNAVAILABLE, lastVerifiedDigest: 'sha256:1' },
      { status: 'unavailable', rule: 'shop', digest: 'sha256:1', signers: [] },
    ],
  ] as const) {
    it(what, () => {
      assert.deepEqual(imagesFact.record([image(signature)]), {
        images: [{ path: PATH, image: TEXT, ...expected }],
      });
    });
  }

  it('nothing where no signature was judged', () => {
    assert.deepEqual(imagesFact.record([]), {});
    assert.deepEqual(imagesFact.record([image({ status: 'unjudged' }), image(undefined)]), {});
  });

  it('no text where there is none', () => {
    const { text: _text, ...rest } = image({ ...VERIFIED, attestations: [] });
    assert.equal(imagesFact.record([rest]).images?.[0]?.image, '');
  });
});
