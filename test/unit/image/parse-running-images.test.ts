import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseRunningImages } from '../../../src/image/parse-running-images.ts';

const DIGEST = `sha256:${'a'.repeat(64)}`;
const OTHER = `sha256:${'b'.repeat(64)}`;

function digestsOf(pod: object): readonly string[] {
  return parseRunningImages(pod).map(
    ({ named, digest }) => `${named.kind} ${named.text} ${digest ?? '-'}`,
  );
}

function running(imageID: unknown): readonly string[] {
  return digestsOf({
    spec: { containers: [{ name: 'app', image: 'shop:1' }] },
    status: { containerStatuses: [{ name: 'app', imageID }] },
  });
}

test('parseRunningImages() finds the digest of each container by its name and list', () => {
  const pod = {
    spec: {
      initContainers: [{ name: 'app', image: 'init:1' }],
      containers: [
        { name: 'app', image: 'shop:1' },
        { name: 'new', image: 'new:1' },
      ],
      ephemeralContainers: [{ name: 'debug', image: 'debug:1' }],
    },
    status: {
      containerStatuses: [{ name: 'app', imageID: `docker.io/library/shop@${DIGEST}` }],
      initContainerStatuses: [{ name: 'app', imageID: `docker.io/library/init@${OTHER}` }],
      ephemeralContainerStatuses: [{ name: 'debug', imageID: `debug@${DIGEST}` }],
    },
  };
  assert.deepEqual(digestsOf(pod), [
    `initContainer init:1 ${OTHER}`,
    `container shop:1 ${DIGEST}`,
    'container new:1 -',
    `ephemeralContainer debug:1 ${DIGEST}`,
  ]);
});

test('parseRunningImages() finds the digest of an image volume at whom mounts it', () => {
  const pod = {
    spec: {
      containers: [{ name: 'app', image: 'shop:1' }],
      volumes: [
        { name: 'model', image: { reference: 'model:1' } },
        { name: 'other', image: { reference: 'other:1' } },
      ],
    },
    status: {
      containerStatuses: [
        {
          name: 'app',
          volumeMounts: [
            { name: 'tmp', mountPath: '/tmp' },
            { name: 'model', volumeStatus: { image: { imageRef: `model@${OTHER}` } } },
          ],
        },
      ],
    },
  };
  assert.deepEqual(digestsOf(pod), [
    'container shop:1 -',
    `volume model:1 ${OTHER}`,
    'volume other:1 -',
  ]);
});

test('parseRunningImages() knows how container runtimes write an image, and what is no digest of a registry', () => {
  assert.deepEqual(running(`docker-pullable://shop@${DIGEST}`), [`container shop:1 ${DIGEST}`]);
  for (const imageId of [
    '',
    DIGEST,
    `docker://${DIGEST}`,
    'a'.repeat(64),
    'shop@sha256:short',
    7,
    undefined,
  ]) {
    assert.deepEqual(running(imageId), ['container shop:1 -'], String(imageId));
  }
});

test('parseRunningImages() takes nothing from a status that it cannot read', () => {
  const spec = { containers: [{ name: 'app', image: 'shop:1' }] };
  for (const status of [
    undefined,
    'text',
    { containerStatuses: 'text' },
    { containerStatuses: [null, { imageID: `shop@${DIGEST}` }, { name: 'app', volumeMounts: 1 }] },
  ]) {
    assert.deepEqual(digestsOf({ spec, status }), ['container shop:1 -']);
  }
  assert.deepEqual(parseRunningImages('text'), [
    {
      named: {
        path: '',
        kind: 'container',
        status: 'unreadable',
        reason: 'The object is not an object',
      },
      digest: undefined,
    },
  ]);
});
