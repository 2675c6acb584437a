import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { gzipSync } from 'node:zlib';
import { packBundle, unpackBundle } from '../../../../src/policy/bundle/pack-bundle.ts';

const FILES = new Map([
  ['a.rego', Buffer.from('package a\n')],
  ['policy.wasm', Buffer.from('module')],
]);

describe('packBundle()', () => {
  it('writes neither a time nor a system into the header, and what unpackBundle() reads', async () => {
    const packed = await packBundle(FILES);

    assert.deepEqual([...packed.subarray(0, 10)], [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 2, 255]);
    assert.deepEqual(await packBundle(new Map([...FILES].toReversed())), packed);
    const read = await unpackBundle(packed);
    assert.ok(read.ok);
    assert.deepEqual(
      [...read.value].map(([name, bytes]) => [name, Buffer.from(bytes).toString()]),
      [
        ['a.rego', 'package a\n'],
        ['policy.wasm', 'module'],
      ],
    );
  });
});

describe('unpackBundle()', () => {
  it('ends a bomb at its limit', async () => {
    const bomb = gzipSync(Buffer.alloc(65 * 1024 * 1024));
    assert.ok(bomb.length < 100_000);

    assert.deepEqual(await unpackBundle(bomb), {
      ok: false,
      reason: 'it is larger than 67108864 bytes when it is unpacked',
    });
  });

  it('refuses what is not gzipped', async () => {
    assert.deepEqual(await unpackBundle(Buffer.from('no archive')), {
      ok: false,
      reason: 'it is no gzipped archive, or it is damaged',
    });
  });

  it('refuses an archive that is cut off', async () => {
    const packed = await packBundle(FILES);

    assert.deepEqual(await unpackBundle(packed.subarray(0, packed.length - 10)), {
      ok: false,
      reason: 'it is no gzipped archive, or it is damaged',
    });
  });
});
