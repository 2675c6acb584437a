import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  findSubpacketFault,
  parsePackets,
} from '../../../../src/signature/openpgp/parse-packets.ts';

const BODY = [1, 2, 3];

function tagsAndBodies(bytes: readonly number[]) {
  const parsed = parsePackets(Uint8Array.from(bytes));
  return parsed.status === 'parsed'
    ? parsed.packets.map(({ tag, body, offset }) => [tag, body.length, offset])
    : parsed.offset;
}

test('parsePackets() reads every form of length', () => {
  assert.deepEqual(tagsAndBodies([0xc2, 3, ...BODY]), [[2, 3, 0]]);
  assert.deepEqual(tagsAndBodies([0x88, 3, ...BODY]), [[2, 3, 0]]);
  assert.deepEqual(tagsAndBodies([0x89, 0, 3, ...BODY]), [[2, 3, 0]]);
  assert.deepEqual(tagsAndBodies([0x8a, 0, 0, 0, 3, ...BODY]), [[2, 3, 0]]);
  assert.deepEqual(tagsAndBodies([0xc2, 255, 0, 0, 0, 3, ...BODY]), [[2, 3, 0]]);
  const long = Array.from({ length: 192 }, () => 7);
  assert.deepEqual(tagsAndBodies([0xc2, 192, 0, ...long]), [[2, 192, 0]]);
  assert.deepEqual(tagsAndBodies([0xcd, 0, 0xc6, 1, 9]), [
    [13, 0, 0],
    [6, 1, 2],
  ]);
  assert.deepEqual(tagsAndBodies([]), []);
});

test('parsePackets() says where the frame breaks', () => {
  assert.equal(tagsAndBodies([0x02, 1, 1]), 0);
  assert.equal(tagsAndBodies([0xc2]), 0);
  assert.equal(tagsAndBodies([0xc2, 4, ...BODY]), 0);
  assert.equal(tagsAndBodies([0xc2, 224, ...BODY]), 0);
  assert.equal(tagsAndBodies([0x8b, ...BODY]), 0);
  assert.equal(tagsAndBodies([0xc2, 192]), 0);
  assert.equal(tagsAndBodies([0x8a, 0]), 0);
  assert.equal(tagsAndBodies([0xc2, 3, ...BODY, 0xc2, 9]), 5);
});

test('findSubpacketFault() accepts subpackets that fit', () => {
  const head = [4, 0, 1, 8];
  assert.equal(findSubpacketFault(Uint8Array.from([...head, 0, 0, 0, 0])), undefined);
  assert.equal(findSubpacketFault(Uint8Array.from([...head, 0, 2, 1, 2, 0, 0])), undefined);
  assert.equal(
    findSubpacketFault(Uint8Array.from([6, 0, 1, 8, 0, 0, 0, 2, 1, 2, 0, 0, 0, 0])),
    undefined,
  );
  assert.equal(findSubpacketFault(Uint8Array.from([3])), undefined);
});

test('findSubpacketFault() finds what does not fit', () => {
  const head = [4, 0, 1, 8];
  for (const [rest, fault] of [
    [[], 'the hashed subpackets are missing'],
    [[0, 9], 'the hashed subpackets end after the packet'],
    [[0, 2, 5, 2, 0, 0], 'one of the hashed subpackets does not fit'],
    [[0, 1, 0, 0, 0], 'one of the hashed subpackets does not fit'],
    [[0, 0], 'the unhashed subpackets are missing'],
    [[0, 0, 0, 1, 255], 'one of the unhashed subpackets does not fit'],
  ] as const) {
    assert.equal(findSubpacketFault(Uint8Array.from([...head, ...rest])), fault);
  }
});

test('parsePackets() and findSubpacketFault() are total, and lose no byte', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => {
      findSubpacketFault(bytes);
      const parsed = parsePackets(bytes);
      if (parsed.status === 'malformed') return;
      const bodies = parsed.packets.reduce((sum, { body }) => sum + body.length, 0);
      assert.ok(bodies <= bytes.length);
    }),
  );
});
