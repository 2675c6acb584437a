import { it } from 'node:test';

import { builtinCases } from '../../../../support/builtin-table.ts';
import { issue, pem } from '../../../../support/signatures/certificate-builder.ts';

/** Calls are at 22:13 of this day. */
const BEFORE_CALL_MS = Date.UTC(2023, 10, 14);
const root = issue({ commonName: 'root', isAuthority: true, notBeforeMs: BEFORE_CALL_MS });
const text = (value: string): string => JSON.stringify(value);
const block = pem(root.certificate);
/** Authorities of one name: each may have signed each. */
const same = Array.from({ length: 130 }, () =>
  issue({ commonName: 'root', isAuthority: true, notBeforeMs: BEFORE_CALL_MS }),
);
const parse = 'crypto.x509.parse_certificates';
const verify = 'crypto.x509.parse_and_verify_certificates';

for (const [name, run] of await builtinCases({
  results: [
    [verify, `[${text(block)}]`, '[false,[]]'],
    [verify, '["nothing"]', '[false,[]]'],
    [parse, '[""]', '[]'],
    ['crypto.parse_private_keys', '["nothing"]', '[]'],
    ['crypto.parse_private_keys', '[""]', 'null'],
    ['crypto.x509.parse_rsa_private_key', '["-----BEGIN nothing"]', 'null'],
  ],
  failures: [
    [parse, '[1]', 'operand 1 must be string but got number'],
    [parse, '["foobar"]', 'illegal base64 data at input byte 6'],
    [parse, '["YmFkc3RyaW5n"]', 'x509: malformed certificate: no sequence'],
    [
      parse,
      `[${text(pem(root.certificate, 'PUBLIC KEY'))}]`,
      "PEM block type is 'PUBLIC KEY', expected CERTIFICATE",
    ],
    [
      'crypto.x509.parse_certificate_request',
      '["YmFk"]',
      'asn1: structure error: no certificate request',
    ],
    [
      'crypto.x509.parse_certificate_request',
      `[${text(Buffer.from(block).toString('base64'))}]`,
      'invalid PEM-encoded certificate signing request',
    ],
    ['crypto.x509.parse_rsa_private_key', '[""]', 'input PEM data was empty'],
    [
      'crypto.x509.parse_keypair',
      `[${text(block)}, ${text(block)}]`,
      'tls: failed to find any PEM data in key input',
    ],
  ],
  limits: [
    [parse, `[${text(block.repeat(301))}]`, 'the text has more than 300 blocks of PEM'],
    [
      'crypto.parse_private_keys',
      `[${text(pem(Buffer.alloc(20_000), 'PRIVATE KEY'))}]`,
      'the key has more than 16384 bytes',
    ],
    [
      verify,
      `[${text([root, ...same].map(({ certificate }) => pem(certificate)).join(''))}]`,
      'there are more than 100 signatures to verify',
    ],
  ],
})) {
  it(name, run);
}
