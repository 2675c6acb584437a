import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { classifyAddress } from '../../../src/base/classify-address.ts';

test('classifyAddress() calls private what lies within a machine or a network', () => {
  for (const address of [
    '127.0.0.1',
    '127.255.255.254',
    '0.0.0.0',
    '10.96.0.1',
    '172.16.0.1',
    '172.31.255.255',
    '192.168.1.1',
    '100.64.0.1',
    // The metadata services of clouds.
    '169.254.169.254',
    'fd00:ec2::254',
    '224.0.0.1',
    '255.255.255.255',
    '198.18.0.1',
    '192.0.2.1',
    '::',
    '::1',
    'fe80::1',
    'fe80::1%eth0',
    'fc00::1',
    'ff02::1',
    '2001:db8::1',
    // IPv4 in other clothes: mapped, NAT64, 6to4, Teredo.
    '::ffff:127.0.0.1',
    '::ffff:8.8.8.8',
    '64:ff9b::7f00:1',
    '2002:7f00:1::',
    '2001:0:53aa:64c::1',
  ]) {
    assert.equal(classifyAddress(address), 'private', address);
  }
});

test('classifyAddress() calls public what is reachable from everywhere', () => {
  for (const address of ['140.82.121.4', '8.8.8.8', '172.15.0.1', '172.32.0.1', '2a00:1450::1']) {
    assert.equal(classifyAddress(address), 'public', address);
  }
});

test('classifyAddress() knows no other text', () => {
  for (const address of ['', 'localhost', '127.1', '0x7f.0.0.1', '1.2.3.4.5', '[::1]']) {
    assert.equal(classifyAddress(address), 'invalid', address);
  }
  fc.assert(
    fc.property(fc.string(), (text) => {
      assert.ok(['public', 'private', 'invalid'].includes(classifyAddress(text)));
    }),
  );
});
