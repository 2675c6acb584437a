import assert from 'node:assert/strict';
import { test } from 'node:test';

import { readCertificate } from '../../../../../../src/policy/wasm/builtins/x509/certificate-fields.ts';
import { isNameAllowed } from '../../../../../../src/policy/wasm/builtins/x509/name-rules.ts';
import {
  emailName,
  extension,
  issue,
  uriName,
} from '../../../../../support/signatures/certificate-builder.ts';
import { der, sequence } from '../../../../../support/signatures/der.ts';

interface Row {
  readonly name: Buffer;
  readonly permitted?: Buffer;
  readonly excluded?: Buffer;
  readonly isAllowed: boolean;
}

function dns(text: string): Buffer {
  return der(0x82, Buffer.from(text));
}

/** An address, or one and its mask, in hexadecimal digits. */
function ip(digits: string): Buffer {
  return der(0x87, Buffer.from(digits, 'hex'));
}

const ZEROS = '00'.repeat(12);
const MAPPED = `${'00'.repeat(10)}ffff`;
const MAPPED_RANGE = ip(`${MAPPED}0a000000${'ff'.repeat(13)}000000`);
const RANGE_4 = ip('0a000000ff000000');
const RANGE_6 = ip(`20010db8${ZEROS}ffffffff${ZEROS}`);
const COM = 'example.com';

function assertRows(rows: Readonly<Record<string, Row>>): void {
  for (const [what, { name, permitted, excluded, isAllowed }] of Object.entries(rows)) {
    const lists = [
      ...(permitted === undefined ? [] : [der(0xa0, sequence(permitted))]),
      ...(excluded === undefined ? [] : [der(0xa1, sequence(excluded))]),
    ];
    const constraints = [extension('2.5.29.30', sequence(...lists), true)];
    const root = issue({ commonName: 'root', isAuthority: true, extensions: constraints });
    const leaf = issue({ commonName: 'leaf', issuer: root, names: [name] });
    const [names, authority] = [leaf, root].map(({ certificate }) => readCertificate(certificate));
    assert.ok(names !== undefined && authority !== undefined);
    assert.equal(isNameAllowed(names, authority), isAllowed, what);
  }
}

test('a domain is in itself and in what it is below, whatever its case', () => {
  assertRows({
    itself: { name: dns('EXAMPLE.com'), permitted: dns(COM), isAllowed: true },
    below: { name: dns('a.example.com'), excluded: dns('Example.com'), isAllowed: false },
    beside: { name: dns('notexample.com'), permitted: dns(COM), isAllowed: false },
    'only below': { name: dns(COM), permitted: dns(`.${COM}`), isAllowed: false },
    'all are permitted': { name: dns(COM), permitted: dns(''), isAllowed: true },
    'all are excluded': { name: dns(COM), excluded: dns(''), isAllowed: false },
    'no constraint of its kind': { name: dns(COM), excluded: RANGE_4, isAllowed: true },
  });
});

test('a trailing point takes no domain out of an excluded part', () => {
  assertRows({
    'trailing point': { name: dns('a.example.com.'), excluded: dns(COM), isAllowed: false },
    'empty label': { name: dns('a..example.org'), excluded: dns(COM), isAllowed: false },
    'of a mailbox': {
      name: emailName('a@example.com.'),
      excluded: emailName(COM),
      isAllowed: false,
    },
  });
});

test('a mailbox is compared with the case of its user and without that of its domain', () => {
  const root = emailName('root@example.com');
  assertRows({
    excluded: { name: emailName('root@EXAMPLE.com'), excluded: root, isAllowed: false },
    permitted: { name: emailName('root@EXAMPLE.com'), permitted: root, isAllowed: true },
    'another user': { name: emailName('Root@example.com'), permitted: root, isAllowed: false },
    'of a domain': { name: emailName('a@example.com'), permitted: emailName(COM), isAllowed: true },
    'no mailbox': { name: emailName('a.example'), excluded: emailName(COM), isAllowed: false },
  });
});

test('a URI without a domain is in no part that names domains', () => {
  assertRows({
    port: { name: uriName('https://a.example.com:80/'), permitted: uriName(COM), isAllowed: true },
    'version 4': { name: uriName('https://10.0.0.1/'), excluded: uriName(COM), isAllowed: false },
    'version 6': { name: uriName('https://[::1]:80/'), excluded: uriName(COM), isAllowed: false },
    opaque: { name: uriName('urn:a:b'), excluded: uriName(COM), isAllowed: false },
    elsewhere: { name: uriName('https://example.org'), excluded: uriName(COM), isAllowed: true },
  });
});

test('an address is in a range of its own version', () => {
  const in6 = ip('20010db8000100020003000400050006');
  const out6 = ip('20010db9000100020003000400050006');
  assertRows({
    'version 4 within': { name: ip('0a000001'), permitted: RANGE_4, isAllowed: true },
    'version 4 outside': { name: ip('0b000001'), permitted: RANGE_4, isAllowed: false },
    'version 6 within': { name: in6, excluded: RANGE_6, isAllowed: false },
    'version 6 outside': { name: out6, excluded: RANGE_6, isAllowed: true },
    'another version': { name: ip('0a000001'), permitted: RANGE_6, isAllowed: false },
    'a range of one': {
      name: in6,
      permitted: ip(`20010db8000100020003000400050006${'ff'.repeat(16)}`),
      isAllowed: true,
    },
  });
});

test('an address of version 4 within version 6 is none of version 4', () => {
  const name = ip(`${MAPPED}0a000001`);
  assertRows({
    'range of version 4': { name, permitted: RANGE_4, isAllowed: false },
    'mapped range': { name, excluded: MAPPED_RANGE, isAllowed: false },
    'version 4 and a mapped range': {
      name: ip('0a000001'),
      excluded: MAPPED_RANGE,
      isAllowed: true,
    },
  });
});

test('a certificate with two lists of names is malformed, as it is for Go', () => {
  const second = extension('2.5.29.17', sequence(dns(COM)));
  const leaf = issue({ commonName: 'leaf', names: [dns(COM)], extensions: [second] });
  assert.throws(() => readCertificate(leaf.certificate), {
    name: 'BuiltinError',
    message: 'x509: malformed certificate: duplicate extensions',
  });
});
