import assert from 'node:assert/strict';
import { test } from 'node:test';

import { parseBer } from '../../../../../../src/base/parse-ber.ts';
import {
  NO_NAME_CONSTRAINTS,
  readNameConstraints,
} from '../../../../../../src/policy/wasm/builtins/x509/name-constraints.ts';
import { emailName, uriName } from '../../../../../support/signatures/certificate-builder.ts';
import { der, sequence } from '../../../../../support/signatures/der.ts';

function read(value: Buffer, Critical = false) {
  const element = parseBer(value);
  assert.ok(element !== undefined);
  return readNameConstraints(element, { Critical });
}

function permitted(...names: readonly Buffer[]): Buffer {
  return der(0xa0, ...names.map((name) => sequence(name)));
}

function excluded(...names: readonly Buffer[]): Buffer {
  return der(0xa1, ...names.map((name) => sequence(name)));
}

function range(...octets: readonly number[]): Buffer {
  return der(0x87, Buffer.from(octets));
}

test('both lists hold the names of each kind', () => {
  const dns = der(0x82, Buffer.from('example.com'));
  const value = sequence(
    permitted(dns, emailName('example.org'), range(10, 0, 0, 0, 255, 128, 0, 0)),
    excluded(uriName('.example.net'), range(...Array.from({ length: 32 }, () => 0))),
  );
  assert.deepEqual(read(value, true), {
    PermittedDNSDomainsCritical: true,
    PermittedDNSDomains: ['example.com'],
    ExcludedDNSDomains: null,
    PermittedIPRanges: [{ IP: '10.0.0.0', Mask: '/4AAAA==' }],
    ExcludedIPRanges: [{ IP: '::', Mask: 'AAAAAAAAAAAAAAAAAAAAAA==' }],
    PermittedEmailAddresses: ['example.org'],
    ExcludedEmailAddresses: null,
    PermittedURIDomains: null,
    ExcludedURIDomains: ['.example.net'],
  });
});

test('without lists, or with a part that holds no name, there are no constraints', () => {
  assert.deepEqual(read(sequence()), NO_NAME_CONSTRAINTS);
  assert.deepEqual(read(sequence(der(0xa0, sequence()))), NO_NAME_CONSTRAINTS);
});

test('a range is an address and the mask of a prefix', () => {
  assert.throws(() => read(sequence(permitted(range(10, 0, 0, 255, 0, 0)))), {
    name: 'BuiltinError',
    message: 'x509: malformed certificate: an IP constraint of another length',
  });
  assert.throws(() => read(sequence(excluded(range(10, 0, 0, 0, 255, 0, 255, 0)))), {
    name: 'BuiltinError',
    message: 'x509: malformed certificate: an IP constraint with a mask that is no prefix',
  });
});
