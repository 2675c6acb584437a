import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { describeImages } from '../../../src/image/images-fact.ts';

const resource = { group: '', version: 'v1', resource: 'pods' };
const metadata = { name: 'web' };

function pod(...images: readonly unknown[]) {
  return { metadata, spec: { containers: images.map((image) => ({ name: 'app', image })) } };
}

describe('describeImages()', () => {
  it('tells place, text and parts of each image', () => {
    assert.deepEqual(describeImages({ resource, object: pod('shop.example.com/shop:1', 'a b') }), [
      {
        path: 'spec.containers[0].image',
        kind: 'container',
        name: 'app',
        status: 'parsed',
        text: 'shop.example.com/shop:1',
        registry: 'shop.example.com',
        repository: 'shop',
        tag: '1',
        digest: undefined,
        isNew: true,
      },
      {
        path: 'spec.containers[1].image',
        kind: 'container',
        name: 'app',
        status: 'unreadable',
        text: 'a b',
        reason:
          'spec.containers[1].image is no image reference: its repository cannot be used: expected lower-case letters and digits, with single separators between them',
        isNew: true,
      },
    ]);
  });

  it('is empty for what names no image, and for what is deleted', () => {
    assert.deepEqual(describeImages({ resource, object: { metadata } }), []);
    assert.deepEqual(describeImages({ resource, oldObject: pod('nginx') }), []);
  });

  it('tells which images the stored object does not name', () => {
    const oldObject = pod('nginx:1', 'a b', 7);
    const object = pod('a b', 'nginx:1', 'nginx:2', 7);
    assert.deepEqual(
      describeImages({ resource, object, oldObject }).map(({ isNew }) => isNew),
      // What is no text is not compared.
      [false, false, true, true],
    );
  });

  it('compares what is written: another text of the same image is new', () => {
    const [image] = describeImages({
      resource,
      object: pod('docker.io/library/nginx:1'),
      oldObject: pod('nginx:1'),
    });
    assert.equal(image?.isNew, true);
  });

  it('finds an ephemeral container that is added', () => {
    const object = {
      metadata,
      spec: { ephemeralContainers: [{ name: 'debug', image: 'busybox' }] },
    };
    const [image] = describeImages({ resource, object, oldObject: { metadata, spec: {} } });
    assert.deepEqual([image?.kind, image?.isNew], ['ephemeralContainer', true]);
  });
});
