import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { PodImages } from '../../../src/compose/pod-images.ts';
import { parseRunningImages } from '../../../src/image/parse-running-images.ts';

const DIGEST = `sha256:${'a'.repeat(64)}`;
const OTHER = `sha256:${'b'.repeat(64)}`;

function scope(namespace: string, ...pullSecrets: readonly string[]) {
  return { namespace, pullSecrets, serviceAccount: 'default' };
}

/** A Pod whose containers run these images. */
function pod(...images: readonly (readonly [image: string, digest?: string])[]) {
  const named = images.map(([image, digest], index) => ({ name: `c${index}`, image, digest }));
  return parseRunningImages({
    spec: { containers: named.map(({ name, image }) => ({ name, image })) },
    status: {
      containerStatuses: named.map(({ name, digest }) => ({ name, imageID: `x@${digest}` })),
    },
  });
}

describe('PodImages', () => {
  it('counts the Pods and namespaces of each image, however it is written', () => {
    const images = new PodImages();
    images.add(pod(['shop:1', DIGEST], ['docker.io/library/shop:1', DIGEST]), scope('shop'));
    images.add(pod(['index.docker.io/library/shop:1', DIGEST]), scope('bank'));
    images.add(pod(['shop:1', DIGEST]), scope('shop'));
    assert.deepEqual([images.pods, images.namespaces, images.size], [3, 2, 1]);
    assert.deepEqual(images.list(), [
      {
        image: 'docker.io/library/shop:1',
        digest: DIGEST,
        pods: 3,
        namespaces: ['bank', 'shop'],
        subject: {
          status: 'parsed',
          reference: { registry: 'docker.io', repository: 'library/shop', digest: DIGEST },
          scopes: [scope('shop'), scope('bank')],
        },
      },
    ]);
  });

  it('keeps what runs under one tag apart', () => {
    const images = new PodImages();
    images.add(pod(['shop:1', DIGEST]), scope('shop'));
    images.add(pod(['shop:1', OTHER]), scope('shop'));
    images.add(pod(['shop:1']), scope('shop'));
    assert.deepEqual(
      images.list().map(({ digest }) => digest),
      [DIGEST, OTHER, undefined],
    );
  });

  it('verifies the digest of the spec, else the one that runs, else the tag', () => {
    const images = new PodImages();
    images.add(pod([`shop:1@${DIGEST}`, OTHER], ['shop:2', OTHER], ['shop:3']), scope('shop'));
    assert.deepEqual(
      images.list().map(({ subject }) => {
        assert.equal(subject.status, 'parsed');
        return [subject.reference.tag, subject.reference.digest];
      }),
      [
        [undefined, DIGEST],
        [undefined, OTHER],
        ['3', undefined],
      ],
    );
  });

  it('keeps what cannot be read as it is written', () => {
    const images = new PodImages();
    images.add(pod(['Shop']), scope('shop'));
    images.add(parseRunningImages({ spec: { containers: 1 } }), scope('shop'));
    assert.deepEqual(
      images.list().map(({ image, subject }) => [image, subject.status]),
      [
        ['Shop', 'unreadable'],
        ['spec.containers', 'unreadable'],
      ],
    );
  });

  it('keeps the first few sets of pull secrets', () => {
    const images = new PodImages();
    for (const name of ['a', 'b', 'c', 'a', 'd', 'e']) {
      images.add(pod(['shop:1', DIGEST]), scope('shop', name));
    }
    const [{ subject } = assert.fail()] = images.list();
    assert.equal(subject.status, 'parsed');
    assert.deepEqual(
      subject.scopes.map(({ pullSecrets }) => pullSecrets[0]),
      ['a', 'b', 'c', 'd'],
    );
  });
});
