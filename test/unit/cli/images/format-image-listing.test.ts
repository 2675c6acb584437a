import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  formatImageListing,
  formatImageListingJson,
  formatImageListingWide,
} from '../../../../src/cli/images/format-image-listing.ts';
import type { ImageFinding, ListedImage } from '../../../../src/compose/list-images.ts';

const DIGEST = `sha256:${'a'.repeat(64)}`;
const SIGNED: ImageFinding = { status: 'signed', digest: DIGEST, signers: ['the key 0a', 'anna'] };

function image(name: string, finding: ImageFinding, more: Partial<ListedImage> = {}): ListedImage {
  return { image: name, digest: DIGEST, pods: 1, namespaces: ['shop'], finding, ...more };
}

const IMAGES = [
  image('registry.example.com/shop:2', SIGNED, { pods: 12, namespaces: ['bank', 'shop'] }),
  image('registry.example.com/shop:1', SIGNED, { digest: undefined }),
  image('b', { status: 'unjudged' }),
  image('c', { status: 'unavailable', reason: 'no answer' }),
  image('d', { status: 'unreadable', reason: 'spec.containers[0].image is no text' }),
  image('e', { status: 'unreadable', code: 'image_absent', reason: 'The registry has no e' }),
  image('f', { status: 'unsigned', code: 'unsigned', reason: 'The image has no signature' }),
  image(
    'f',
    { status: 'unsigned', code: 'unsigned', reason: 'The image has no signature' },
    {
      digest: `sha256:${'b'.repeat(64)}`,
    },
  ),
  image(
    'f',
    { status: 'unsigned', code: 'unsigned', reason: 'The image has no signature' },
    {
      digest: undefined,
    },
  ),
];

function listing(images: readonly ListedImage[], isSignedShown = true) {
  return { listing: { status: 'listed', pods: 12, namespaces: 2, images }, isSignedShown } as const;
}

describe('formatImageListing()', () => {
  it('shows what asks for somebody first, and counts', () => {
    assert.deepEqual(formatImageListing(listing(IMAGES)).split('\n'), [
      'IMAGE                        DIGEST               PODS  NAMESPACES  SIGNATURE',
      'f                            -                    1     1           unsigned: The image has no signature',
      'f                            sha256:aaaaaaaaaaaa  1     1           unsigned: The image has no signature',
      'f                            sha256:bbbbbbbbbbbb  1     1           unsigned: The image has no signature',
      'd                            sha256:aaaaaaaaaaaa  1     1           unreadable: spec.containers[0].image is no text',
      'e                            sha256:aaaaaaaaaaaa  1     1           image_absent: The registry has no e',
      'c                            sha256:aaaaaaaaaaaa  1     1           unavailable: no answer',
      'b                            sha256:aaaaaaaaaaaa  1     1           no rule names it',
      'registry.example.com/shop:1  -                    1     1           signed by the key 0a; anna',
      'registry.example.com/shop:2  sha256:aaaaaaaaaaaa  12    2           signed by the key 0a; anna',
      '9 images in 12 Pods of 2 namespaces: 2 signed, 1 no rule names them, 1 nobody can tell, 2 cannot be read, 3 not signed by anybody you trust',
    ]);
  });

  it('shows what has no digest yet before what has one, in whatever order it was found', () => {
    const found = [
      image('a', SIGNED),
      image('a', SIGNED, { digest: undefined }),
      image('a', SIGNED, { digest: undefined, pods: 2 }),
    ];
    const first = formatImageListing(listing(found)).split('\n')[1];
    assert.equal(
      formatImageListing(listing(found.toReversed())).split('\n')[1]?.slice(0, 4),
      first?.slice(0, 4),
    );
    assert.match(first ?? '', /^a {2,}- /u);
  });

  it('leaves out what is signed, and counts it still', () => {
    const images = [image('a', SIGNED), image('b', { status: 'unjudged' })];
    assert.deepEqual(formatImageListing(listing(images, false)).split('\n'), [
      'IMAGE  DIGEST               PODS  NAMESPACES  SIGNATURE',
      'b      sha256:aaaaaaaaaaaa  1     1           no rule names it',
      '2 images in 12 Pods of 2 namespaces: 1 signed, 1 no rule names them',
    ]);
    assert.equal(
      formatImageListing(listing([image('a', SIGNED)], false)),
      '1 image in 12 Pods of 2 namespaces: 1 signed',
    );
  });

  it('shows whole digests and the names of namespaces, where there is room', () => {
    const [, ...rows] = formatImageListingWide(listing(IMAGES.slice(0, 2)))
      .split('\n')
      .slice(0, 3);
    assert.deepEqual(
      rows.map((row) => row.split(/ {2,}/u).slice(1, 4)),
      [
        ['-', '1', 'shop'],
        [DIGEST, '12', 'bank,shop'],
      ],
    );
  });

  it('says that nothing runs', () => {
    assert.equal(formatImageListing(listing([])), '0 images in 12 Pods of 2 namespaces');
  });

  it('shows no control character of a name, and does not widen the table for a long one', () => {
    const long = 'x'.repeat(200);
    const images = [image('a\u001b[31m', { status: 'unjudged' }), image(long, SIGNED)];
    const printed = formatImageListing(listing(images));
    assert.equal(printed.includes('\u001b'), false);
    assert.equal(printed.split('\n')[0]?.indexOf('DIGEST'), 62);
  });
});

describe('formatImageListingJson()', () => {
  it('has each digest whole, the namespaces, and all counts', () => {
    const printed: unknown = JSON.parse(formatImageListingJson(listing(IMAGES.slice(0, 1))));
    assert.deepEqual(printed, {
      pods: 12,
      namespaces: 2,
      counts: { unsigned: 0, unreadable: 0, unavailable: 0, unjudged: 0, signed: 1 },
      images: [IMAGES[0]],
    });
  });
});
