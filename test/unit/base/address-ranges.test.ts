import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isAddressRange, readAddressRanges } from '../../../src/base/address-ranges.ts';

for (const text of ['10.0.0.1', '10.0.0.0/8', '0.0.0.0/0', 'fd00::1', 'fd00::/64', '::/0']) {
  test(`isAddressRange() takes ${text}`, () => {
    assert.equal(isAddressRange(text), true);
  });
}

for (const text of [
  '',
  'localhost',
  '10.0.0.0/33',
  'fd00::/129',
  '10.0.0.0/',
  '10.0.0.0/-1',
  '10.0.0.0/1e1',
  '10.0.0.0/8/8',
  '10.0.0',
  'fe80::1%eth0',
]) {
  test(`isAddressRange() refuses "${text}"`, () => {
    assert.equal(isAddressRange(text), false);
  });
}

test('readAddressRanges() has what its ranges contain, and nothing else', () => {
  const ranges = readAddressRanges(['10.0.0.0/24', '192.168.7.7', 'fd00:1::/32', 'nonsense']);
  assert.deepEqual(
    [
      '10.0.0.255',
      '10.0.1.0',
      '192.168.7.7',
      '192.168.7.8',
      'fd00:1::9',
      'fd00:2::9',
      '::ffff:10.0.0.9',
      'nonsense',
    ].map((address) => ranges.has(address)),
    [true, false, true, false, true, false, true, false],
  );
});
