import assert from 'node:assert/strict';
import { test } from 'node:test';
import { classifySource } from '../../../src/server/classify-source.ts';

for (const [address, source] of [
  ['10.0.0.1', '10.0.0.1'],
  ['::ffff:10.0.0.1', '10.0.0.1'],
  ['::FFFF:10.0.0.1', '10.0.0.1'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
  ['2001:DB8:1:2:3:4:5:7', '2001:db8:1:2::/64'],
  ['2001:db8::7', '2001:db8:0:0::/64'],
  ['::1', '0:0:0:0::/64'],
  ['fe80::', 'fe80:0:0:0::/64'],
  ['fe80::1%eth0', 'fe80:0:0:0::/64'],
  [undefined, 'unknown'],
  ['no address', 'no address'],
] as const) {
  test(`classifySource() takes ${address} for ${source}`, () => {
    assert.equal(classifySource(address), source);
  });
}
