import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import {
  normalizeIpAddress,
  parseAlternativeNames,
  parseRequestedNames,
} from '../../../src/certificates/parse-alternative-names.ts';

describe('parseAlternativeNames', () => {
  it('reads names and addresses and leaves other kinds out', () => {
    assert.deepEqual(
      parseAlternativeNames(
        'DNS:a.test, IP Address:127.0.0.1, URI:spiffe://x, IP Address:0:0:0:0:0:0:0:1',
      ),
      { dnsNames: ['a.test'], ipAddresses: ['127.0.0.1', '::1'] },
    );
  });

  it('reads an absent extension as no names', () => {
    assert.deepEqual(parseAlternativeNames(undefined), { dnsNames: [], ipAddresses: [] });
  });
});

describe('parseRequestedNames', () => {
  it('sorts, lowers and removes duplicates', () => {
    assert.deepEqual(
      parseRequestedNames({
        dnsNames: ['b.test', 'A.test', 'a.test'],
        ipAddresses: ['0::1', '::1'],
      }),
      { ok: true, names: { dnsNames: ['a.test', 'b.test'], ipAddresses: ['::1'] } },
    );
  });

  it('accepts a wildcard as the first label', () => {
    assert.equal(parseRequestedNames({ dnsNames: ['*.a.test'], ipAddresses: [] }).ok, true);
  });

  const badNames = [
    '',
    'a b',
    'a..b',
    '-a.test',
    'a-.test',
    'a.*.test',
    '127.0.0.1',
    'ä.test',
    'a.test.',
    'a\n',
    'x'.repeat(64),
    `${'a.'.repeat(127)}a`,
  ];
  for (const name of badNames) {
    it(`refuses ${JSON.stringify(name.slice(0, 20))} as a DNS name`, () => {
      assert.deepEqual(parseRequestedNames({ dnsNames: [name], ipAddresses: [] }), {
        ok: false,
        reason: `A DNS name is wanted, found "${name}"`,
      });
    });
  }

  for (const address of ['', '1.2.3', 'localhost', '::g', '1.2.3.4/32']) {
    it(`refuses ${JSON.stringify(address)} as an address`, () => {
      assert.deepEqual(parseRequestedNames({ dnsNames: [], ipAddresses: [address] }), {
        ok: false,
        reason: `An IPv4 or IPv6 address is wanted, found "${address}"`,
      });
    });
  }

  it('refuses an empty list', () => {
    assert.deepEqual(parseRequestedNames({ dnsNames: [], ipAddresses: [] }), {
      ok: false,
      reason: 'At least one DNS name or IP address is wanted, found none',
    });
  });
});

describe('normalizeIpAddress', () => {
  it('gives every spelling of an IPv6 address one form', () => {
    fc.assert(
      fc.property(fc.ipV6(), (address) => {
        const once = normalizeIpAddress(address);
        assert.equal(normalizeIpAddress(once), once);
      }),
    );
  });
});
