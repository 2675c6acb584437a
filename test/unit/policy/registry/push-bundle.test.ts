import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { imageUnavailable } from '../../../../src/image/image-failure.ts';
import { digestOf } from '../../../../src/image/match-digest.ts';
import type { Upload } from '../../../../src/image/registry/registry-uploader.ts';
import { formatArtifact } from '../../../../src/policy/registry/format-artifact.ts';
import { pushBundle, type ArtifactWriter } from '../../../../src/policy/registry/push-bundle.ts';

const BUNDLE = { archive: Buffer.from('archive'), tar: Buffer.from('tar') };
const TARGET = { scope: { registry: 'registry.example.com', repository: 'policies' }, tag: 'prod' };

/** Keeps what is written in its order, up to a blob that is not taken. */
function writer(failing?: Uint8Array) {
  const written: (readonly [string, Uint8Array])[] = [];
  const put = (name: string, bytes: Uint8Array): Promise<Upload> => {
    const isTaken = failing === undefined || Buffer.compare(bytes, failing) !== 0;
    if (!isTaken) return Promise.resolve(imageUnavailable('away', 1000));
    written.push([name, bytes]);
    return Promise.resolve({ status: 'uploaded', digest: digestOf(bytes) });
  };
  const own: ArtifactWriter = {
    putBlob: async (_scope, bytes) => await put('blob', bytes),
    putManifest: async (_scope, { name, bytes }) => await put(name, bytes),
  };
  return { own, written };
}

describe('pushBundle()', () => {
  it('writes the blobs first, so that a tag never names what is not there', async () => {
    const { own, written } = writer();
    const { configuration, manifest } = formatArtifact(BUNDLE.archive, BUNDLE.tar);

    assert.deepEqual(await pushBundle(own, TARGET, BUNDLE), {
      status: 'uploaded',
      digest: digestOf(manifest),
    });
    assert.deepEqual(written, [
      ['blob', configuration],
      ['blob', BUNDLE.archive],
      ['prod', manifest],
    ]);
  });

  it('writes no manifest after a blob that was not taken', async () => {
    const { own, written } = writer(BUNDLE.archive);
    assert.deepEqual(await pushBundle(own, TARGET, BUNDLE), imageUnavailable('away', 1000));
    assert.deepEqual(
      written.map(([name]) => name),
      ['blob'],
    );
  });
});
