import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { parsePackets } from '../../src/signature/openpgp/parse-packets.ts';
import { measureHeld, WorkCounter } from './count-work.ts';

const counter = new WorkCounter();
after(() => counter.close());

const packets = (count: number) => Buffer.alloc(2 * count, Buffer.from([0xc2, 0]));

test('the same work has the same count, and twice the work about twice as much', () => {
  const count = (input: Buffer) => counter.count(() => void parsePackets(input));
  count(packets(1));
  const [once, again, twice] = [packets(500), packets(500), packets(1000)].map(count);
  assert.ok(once !== undefined && twice !== undefined && once > 500);
  assert.equal(again, once);
  assert.ok(twice > once * 1.9 && twice < once * 2.1, `${once} and ${twice}`);
});

test('what is outside of the sources is not counted', () => {
  assert.equal(
    counter.count(() => void JSON.parse('[1,2,3]')),
    0,
  );
});

test('a result holds each buffer once, however many views of it there are', () => {
  const bytes = new Uint8Array(1000);
  const result = { one: bytes.subarray(1), more: new Map([['k', bytes.subarray(2)]]) };
  assert.equal(measureHeld(result).bytes, 1001);
  assert.deepEqual(measureHeld(undefined), { bytes: 0, values: 0 });
  const circle: { self?: unknown } = {};
  circle.self = circle;
  assert.deepEqual(measureHeld(circle), { bytes: 0, values: 2 });
});
