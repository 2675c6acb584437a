/** Functions of the host against those of the real OPA, on what is made for the test. */
import assert from 'node:assert/strict';
import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { it } from 'node:test';

import { askBoth, type OracleCall } from '../support/opa-oracle/ask-opa.ts';
import {
  emailName,
  extension,
  issue,
  pem,
  uriName,
  type Issued,
  type NewCertificate,
} from '../support/signatures/certificate-builder.ts';
import { der, integer, oid, sequence, set } from '../support/signatures/der.ts';

const SERVER = '1.3.6.1.5.5.7.3.1';
const CLIENT = '1.3.6.1.5.5.7.3.2';
const dnsName = (name: string): Buffer => der(0x82, Buffer.from(name));
const addressName = (...bytes: readonly number[]): Buffer => der(0x87, Buffer.from(bytes));
const text = (value: string): string => JSON.stringify(value);
const bundle = (...chain: readonly Issued[]): string =>
  text(chain.map(({ certificate }) => pem(certificate)).join(''));

async function assertSame(
  t: Parameters<typeof askBoth>[0],
  calls: readonly OracleCall[],
): Promise<void> {
  const answers = await askBoth(t, calls);
  const different = answers.filter(({ host, opa }) => host !== opa);
  assert.deepEqual(different, []);
}

const root = issue({ commonName: 'root', isAuthority: true });
const authority = issue({
  commonName: 'authority',
  isAuthority: true,
  issuer: root,
  pathLength: 0,
});
const server: NewCertificate = {
  commonName: 'server',
  issuer: authority,
  purposes: [SERVER],
  names: [dnsName('*.example.com'), dnsName('example.com'), addressName(10, 0, 0, 1)],
};
const leaf = issue(server);

/** What an extension may hold, in one certificate. */
const rich = issue({
  commonName: 'rich',
  isAuthority: true,
  pathLength: 3,
  purposes: [SERVER, CLIENT, '1.2.3.4'],
  names: [
    dnsName('a.example.com'),
    emailName('a@example.com'),
    addressName(10, 0, 0, 1),
    addressName(...Buffer.from('fe80000000000000000000000000000a', 'hex')),
    uriName('spiffe://example.com/ns/a'),
    uriName('https://u:p@h.example:1/p%20q/%2F?x#y'),
    uriName('urn:a:b'),
  ],
  extensions: [
    extension('2.5.29.14', der(0x04, Buffer.from('0102', 'hex'))),
    extension('2.5.29.35', sequence(der(0x80, Buffer.from('0304', 'hex')))),
    extension('2.5.29.32', sequence(sequence(oid('1.2.3.4')), sequence(oid('2.5.29.32.0')))),
    extension('2.5.29.33', sequence(sequence(oid('1.2.3'), oid('1.2.4')))),
    extension('2.5.29.36', sequence(der(0x80, Buffer.from([0])), der(0x81, Buffer.from([2])))),
    extension('2.5.29.54', integer(3)),
    extension(
      '2.5.29.31',
      sequence(sequence(der(0xa0, der(0xa0, der(0x86, Buffer.from('http://crl')))))),
    ),
    extension(
      '1.3.6.1.5.5.7.1.1',
      sequence(
        sequence(oid('1.3.6.1.5.5.7.48.1'), der(0x86, Buffer.from('http://ocsp'))),
        sequence(oid('1.3.6.1.5.5.7.48.2'), der(0x86, Buffer.from('http://issuer'))),
      ),
    ),
    extension(
      '2.5.29.30',
      sequence(
        der(0xa0, sequence(dnsName('example.com')), sequence(emailName('example.com'))),
        der(0xa1, sequence(addressName(10, 0, 0, 0, 255, 0, 0, 0)), sequence(uriName('.evil'))),
      ),
      true,
    ),
    extension('1.2.3.4.5', Buffer.from('0500', 'hex'), true),
  ],
});

it('certificates have the members that OPA gives them', async (t) => {
  const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const odd = [
    issue({ commonName: 'no usage', keyUsage: null, purposes: null }),
    issue({ commonName: 'rsa', keys: rsa, issuer: root }),
    issue({ commonName: 'ed', keys: generateKeyPairSync('ed25519'), issuer: root }),
    issue({ commonName: 'sha384', curve: 'P-384', hash: 'sha384' }),
  ];
  const all = [rich, leaf, authority, ...odd];
  const texts = ['', 'foobar', 'YmFkc3RyaW5n', pem(leaf.certificate, 'PUBLIC KEY'), '-----BEGIN'];
  await assertSame(t, [
    ...all.map((one): OracleCall => ['crypto.x509.parse_certificates', `[${bundle(one)}]`]),
    ['crypto.x509.parse_certificates', `[${bundle(leaf, authority, root)}]`],
    ['crypto.x509.parse_certificates', `[${text(leaf.certificate.toString('base64'))}]`],
    [
      'crypto.x509.parse_certificates',
      `[${text(Buffer.from(pem(leaf.certificate)).toString('base64'))}]`,
    ],
    ...texts.map((one): OracleCall => ['crypto.x509.parse_certificates', `[${text(one)}]`]),
  ]);
});

it('chains are found where OPA finds them', async (t) => {
  const own = (options: Partial<NewCertificate>): Issued => issue({ ...server, ...options });
  const day = 86_400_000;
  const limited = issue({
    commonName: 'limited',
    isAuthority: true,
    issuer: root,
    extensions: [
      extension(
        '2.5.29.30',
        sequence(
          der(
            0xa0,
            sequence(dnsName('example.com')),
            sequence(addressName(10, 0, 0, 0, 255, 0, 0, 0)),
          ),
          der(0xa1, sequence(dnsName('.secret.example.com')), sequence(uriName('evil'))),
        ),
        true,
      ),
    ],
  });
  const below = (...names: readonly Buffer[]): Issued => own({ issuer: limited, names });
  const chains: readonly (readonly Issued[])[] = [
    [root, authority, leaf],
    [root, leaf],
    [root, authority, root, leaf],
    [authority, leaf],
    [leaf, authority, root],
    [root],
    [root, root],
    [root, authority, own({ notAfterMs: Date.now() - 1000 })],
    [root, authority, own({ notBeforeMs: Date.now() + day })],
    [root, authority, own({ purposes: [CLIENT] })],
    [root, authority, own({ purposes: null })],
    [root, authority, own({ hash: 'sha1' })],
    [
      root,
      authority,
      own({ extensions: [extension('1.2.3.4.5', Buffer.from('0500', 'hex'), true)] }),
    ],
    [root, leaf, own({ issuer: leaf })],
    // The authority may have no authority below it.
    [
      root,
      authority,
      ...(() => {
        const deeper = issue({ commonName: 'deeper', isAuthority: true, issuer: authority });
        return [deeper, own({ issuer: deeper })];
      })(),
    ],
    [root, limited, below(dnsName('a.example.com'), addressName(10, 1, 2, 3))],
    [root, limited, below(dnsName('a.example.org'))],
    [root, limited, below(dnsName('a.secret.example.com'))],
    [root, limited, below(dnsName('secret.example.com'))],
    [root, limited, below(addressName(11, 1, 2, 3))],
    [root, limited, below(uriName('https://evil/a'))],
    [root, limited, below(uriName('https://good.example/a'))],
  ];
  const verify = 'crypto.x509.parse_and_verify_certificates';
  const chain = bundle(root, authority, leaf);
  const options = [
    '{}',
    '{"DNSName": "example.com"}',
    '{"DNSName": "a.example.com"}',
    '{"DNSName": "A.EXAMPLE.com."}',
    '{"DNSName": "a.b.example.com"}',
    '{"DNSName": "10.0.0.1"}',
    '{"DNSName": "[10.0.0.2]"}',
    '{"CurrentTime": 1}',
    `{"CurrentTime": ${Date.now()}000000}`,
    '{"CurrentTime": "1"}',
    '{"KeyUsages": ["KeyUsageClientAuth"]}',
    '{"KeyUsages": ["KeyUsageClientAuth", "KeyUsageServerAuth"]}',
    '{"KeyUsages": {"KeyUsageAny"}}',
    '{"KeyUsages": ["KeyUsageOther"]}',
    '{"KeyUsages": []}',
    '{"MaxConstraintComparisons": 5}',
    '{"MaxConstraintComparisons": 1.5}',
    '{"other": 1}',
  ];
  await assertSame(t, [
    ...chains.map((one): OracleCall => [verify, `[${bundle(...one)}]`]),
    [verify, '["foobar"]'],
    ...options.map((one): OracleCall => [`${verify}_with_options`, `[${chain}, ${one}]`]),
  ]);
});

it('private keys and key pairs are those of OPA', async (t) => {
  const keys = [
    generateKeyPairSync('rsa', { modulusLength: 2048 }),
    generateKeyPairSync('ec', { namedCurve: 'P-256' }),
    generateKeyPairSync('ec', { namedCurve: 'P-521' }),
    generateKeyPairSync('ed25519'),
  ];
  const pkcs8 = ({ privateKey }: { readonly privateKey: KeyObject }): string =>
    privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  const [first] = keys;
  assert.ok(first);
  const others = [
    first.privateKey.export({ type: 'pkcs1', format: 'pem' }).toString(),
    leaf.privateKey.export({ type: 'sec1', format: 'pem' }).toString(),
    `${pkcs8(first)}between\n${pkcs8(leaf)}`,
    Buffer.from(pkcs8(first)).toString('base64'),
    pem(Buffer.from('3000', 'hex'), 'PRIVATE KEY'),
    pem(leaf.certificate),
    'nope',
    '',
  ];
  const texts = [...keys.map(pkcs8), ...others].map(text);
  const pair = (one: string, two: string): OracleCall => [
    'crypto.x509.parse_keypair',
    `[${text(one)}, ${text(two)}]`,
  ];
  await assertSame(t, [
    ...texts.map((one): OracleCall => ['crypto.parse_private_keys', `[${one}]`]),
    ...texts.map((one): OracleCall => ['crypto.x509.parse_rsa_private_key', `[${one}]`]),
    pair(pem(leaf.certificate), pkcs8(leaf)),
    pair(leaf.certificate.toString('base64'), Buffer.from(pkcs8(leaf)).toString('base64')),
    pair(pem(leaf.certificate) + pem(authority.certificate), pkcs8(leaf)),
    pair(pem(leaf.certificate), pkcs8(first)),
    pair(pkcs8(leaf), pkcs8(leaf)),
    pair(pem(leaf.certificate), pem(leaf.certificate)),
    pair('foobar', pkcs8(leaf)),
  ]);
});

it('requests are read as OPA reads them, and signed tokens and requests of AWS are the same', async (t) => {
  const info = sequence(
    integer(0),
    leaf.name,
    leaf.publicKey.export({ format: 'der', type: 'spki' }),
    der(
      0xa0,
      sequence(
        oid('1.2.840.113549.1.9.14'),
        der(0x31, sequence(extension('2.5.29.17', sequence(dnsName('a.example.com'))))),
      ),
    ),
  );
  const request = sequence(
    info,
    sequence(oid('1.2.840.10045.4.3.2')),
    der(0x03, Buffer.from([0, 1])),
  );
  /** Its common name is a BMPString. */
  const withSubject = (name: readonly number[]): Buffer =>
    sequence(
      sequence(
        integer(0),
        sequence(set(sequence(oid('2.5.4.3'), der(0x1e, Buffer.from(name))))),
        leaf.publicKey.export({ format: 'der', type: 'spki' }),
        der(0xa0),
      ),
      sequence(oid('1.2.840.10045.4.3.2')),
      der(0x03, Buffer.from([0, 1])),
    );
  const parse = 'crypto.x509.parse_certificate_request';
  const key = '{"kty": "oct", "k": "c2VjcmV0"}';
  const aws =
    '{"aws_access_key": "A", "aws_secret_access_key": "B", "aws_service": "ec2", "aws_region": "r"}';
  const sign = (more: string, settings = aws): OracleCall => [
    'providers.aws.sign_req',
    `[{"method": "get", "url": "https://[fe80::1]:8443/a%2Fb c?d=e f"${more}}, ${settings}, 1451311705000000000]`,
  ];
  await assertSame(t, [
    [parse, `[${text(pem(request, 'CERTIFICATE REQUEST'))}]`],
    [parse, `[${text(request.toString('base64'))}]`],
    [parse, `[${text(pem(request))}]`],
    ...[
      [0, 0x61, 0, 0],
      [0, 0x61, 0],
    ].map((octets): OracleCall => [parse, `[${text(withSubject(octets).toString('base64'))}]`]),
    ['io.jwt.encode_sign', `[{"alg": "HS384"}, {"b": {1, 2}, "a": "<&>"}, ${key}]`],
    ['io.jwt.encode_sign', `[{"alg": "HS256"}, {}, {"keys": [${key}]}]`],
    ['io.jwt.encode_sign', `[{"alg": "RS256"}, {}, ${key}]`],
    ['io.jwt.encode_sign_raw', `["{\\"alg\\": \\"HS256\\"}", " {} ", ${text(key)}]`],
    ['io.jwt.encode_sign_raw', `["[]", "{}", ${text(key)}]`],
    sign(''),
    sign(', "headers": {"A": "b", "user-agent": "c"}, "body": {"d": 1}'),
    sign(', "raw_body": "e"', aws.replace('}', ', "aws_session_token": "T"}')),
    sign(', "headers": []'),
    sign(', "other": 1'),
  ]);
});
