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
import { der, integer, oid, sequence } from '../support/signatures/der.ts';

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

it('schemas find what they find in OPA', async (t) => {
  const match = (schema: string, ...documents: readonly string[]): readonly OracleCall[] =>
    documents.map((document) => ['json.match_schema', `[${document}, ${schema}]`]);
  const verify = (...schemas: readonly string[]): readonly OracleCall[] =>
    schemas.map((schema) => ['json.verify_schema', `[${schema}]`]);
  const inArray = (schema: string): string => `{"items": ${schema}}`;
  const formats = [
    'date',
    'time',
    'date-time',
    'hostname',
    'email',
    'ipv4',
    'ipv6',
    'uri',
    'uri-reference',
    'uri-template',
    'uuid',
    'regex',
    'json-pointer',
    'relative-json-pointer',
    'other',
  ];
  const samples = JSON.stringify([
    '2024-02-29',
    '2023-02-29',
    '2024-13-01',
    '24:00:00',
    '1:02:03',
    '01:02:03Z',
    '01:02:03.5+02:00',
    '2024-01-01T01:02:03Z',
    '2024-01-01T01:02:03',
    'a.example.com',
    '-a.example.com',
    'a@example.com',
    'A <a@example.com>',
    'a@',
    '10.0.0.1',
    '10.0.0.256',
    '::1',
    '::ffff:10.0.0.1',
    'https://example.com/a?b#c',
    '//a/b',
    'a b',
    'a\\b',
    'http://{a}/{b}',
    'http://a/{b',
    '{',
    '123e4567-e89b-12d3-a456-426614174000',
    '(',
    '(?=a)',
    '/a/~0b',
    'a/b',
    '1/a',
    '0#',
    '',
  ]);
  await assertSame(t, [
    ...match('{"type": ["integer", "null"]}', '[]', '{}', '"1"', '"1.0"', '"1.5"', '"null"', '"{"'),
    ...match(inArray('{"type": "number"}'), '[1, 1.5, "a", true, null, [], {}]'),
    ...match(
      '{"required": ["a", "b"], "properties": {"a": {"minimum": 3, "exclusiveMaximum": 5}}, "additionalProperties": false, "minProperties": 3}',
      '{"a": 2}',
      '{"a": 5, "b": 1, "c": 1}',
      '{"a": 4.5, "b": 1}',
    ),
    ...match(
      '{"patternProperties": {"^x-": {"type": "string"}}, "additionalProperties": {"type": "null"}, "propertyNames": {"maxLength": 3}}',
      '{"x-a": 1, "y": 1, "long-name": null}',
    ),
    ...match(
      inArray('{"minLength": 2, "maxLength": 3, "pattern": "^(?i)a"}'),
      '["a", "ab", "ABCD", "ééé", 5]',
    ),
    ...match(
      '{"items": [{"type": "string"}], "additionalItems": {"type": "number"}, "minItems": 4, "uniqueItems": true}',
      '["a", 1, 1.0]',
      '[1, "a", "a"]',
    ),
    ...match(
      '{"items": [true, false], "additionalItems": false, "maxItems": 1, "contains": {"const": 3}}',
      '[1, 2, 3]',
      '[1, 2]',
    ),
    ...match(inArray('{"multipleOf": 0.01}'), '[1.23, 1.234, "a"]'),
    ...match(
      inArray('{"maximum": 12345678901234567890, "minimum": 1e10, "exclusiveMinimum": true}'),
      '[1e10, 2e30, 1e11]',
    ),
    ...match(
      inArray('{"enum": [1, "a", null, {"b": [1.0]}]}'),
      '[1.0, "b", null, {"b": [1]}, {"b": [2]}]',
    ),
    ...match(inArray('{"const": {"a": 1}}'), '[{"a": 1.0}, {"a": 2}]'),
    ...match(
      inArray(
        '{"anyOf": [{"type": "string", "minLength": 2}, {"type": "object", "required": ["a"]}]}',
      ),
      '["a", "ab", {}, 1, {"a": 1}]',
    ),
    ...match(inArray('{"oneOf": [{"type": "integer"}, {"minimum": 2}]}'), '[1, 2, 2.5, 1.5, "a"]'),
    ...match(
      inArray('{"allOf": [{"minimum": 2}, {"maximum": 1}], "not": {"type": "string"}}'),
      '[1, 3, "a"]',
    ),
    ...match(
      inArray(
        '{"if": {"required": ["a"]}, "then": {"required": ["b"]}, "else": {"required": ["c"]}}',
      ),
      '[{"a": 1}, {"a": 1, "b": 1}, {}, {"c": 1}]',
    ),
    ...match(
      inArray('{"dependencies": {"a": ["b", "c"], "d": {"required": ["e"]}}}'),
      '[{"a": 1, "b": 1}, {"d": 1}, {"d": 1, "e": 1}]',
    ),
    ...match(
      '{"definitions": {"a": {"type": "string"}, "n": {"properties": {"next": {"$ref": "#/definitions/n"}}, "required": ["v"]}}, "properties": {"x": {"$ref": "#/definitions/a"}, "y": {"$ref": "#/definitions/n"}}}',
      '{"x": 1, "y": {"next": {"next": {"v": 1}}}}',
    ),
    ...match(
      '{"properties": {"x": {"$ref": "#"}}, "additionalProperties": false}',
      '{"x": {"x": {"y": 1}}}',
    ),
    ...match(
      '{"$id": "http://example.com/a.json", "definitions": {"b": {"$id": "b.json", "type": "string"}}, "properties": {"x": {"$ref": "b.json"}}}',
      '{"x": 1}',
    ),
    ...formats.flatMap((format) => match(inArray(`{"format": ${text(format)}}`), samples)),
    ...verify(
      '{}',
      'true',
      '"true"',
      '"{"',
      '[]',
      '{"type": 1}',
      '{"type": ["string", "string"]}',
      '{"type": [1]}',
      '{"properties": []}',
      '{"properties": {"a": 1}}',
      '{"additionalProperties": 1}',
      '{"patternProperties": {"(": {}}}',
      '{"patternProperties": 1}',
      '{"propertyNames": 1}',
      '{"dependencies": 1}',
      '{"dependencies": {"a": [1]}}',
      '{"dependencies": {"a": 1}}',
      '{"items": 1}',
      '{"items": [1]}',
      '{"additionalItems": 1}',
      '{"multipleOf": 0}',
      '{"multipleOf": "a"}',
      '{"minimum": "a"}',
      '{"exclusiveMinimum": true}',
      '{"exclusiveMaximum": "a"}',
      '{"minLength": -1}',
      '{"minLength": 1.5}',
      '{"minLength": 2, "maxLength": 1}',
      '{"pattern": "("}',
      '{"pattern": 1}',
      '{"format": 1}',
      '{"minProperties": 2, "maxProperties": 1}',
      '{"required": ["a", "a"]}',
      '{"required": [1]}',
      '{"required": 1}',
      '{"minItems": 2, "maxItems": 1}',
      '{"uniqueItems": 1}',
      '{"enum": [1, 1.0]}',
      '{"enum": 1}',
      '{"oneOf": 1}',
      '{"anyOf": [1]}',
      '{"not": 1}',
      '{"if": 1}',
      '{"definitions": 1}',
      '{"definitions": {"a": 1}}',
      '{"title": 1}',
      '{"$ref": 1}',
      '{"$ref": "#/definitions/a"}',
      '{"$schema": 1}',
      '{"$schema": "http://json-schema.org/draft-04/schema#", "exclusiveMinimum": 1, "minimum": 1}',
      '{"$schema": "http://json-schema.org/draft-04/schema#", "properties": {"a": true}}',
      '{"$schema": "http://json-schema.org/draft-06/schema#", "exclusiveMinimum": true, "minimum": 1}',
      '{"$schema": "http://json-schema.org/draft-06/schema#", "if": 1}',
    ),
  ]);
});

const SCHEMA = `
"What can be asked" schema { query: Query mutation: Change }
# of what
"""
  Things
    of it
"""
type Query implements Named & Node @deprecated2(reason: "no", n: [1, 2.5, {a: B}]) {
  # the id
  id: ID! name(first: Int = 1, "text" last: [String!]! = ["a"]): String @deprecated
  pet(id: ID!): Pet animals: [Animal!]
}
interface Named { name(first: Int = 1): String }
interface Node implements Named { id: ID! name(first: Int): String }
type Dog { barks: Boolean! name: String } type Cat { meows: Int name: String }
union Pet = | Dog | Cat
union Animal @deprecated2 = Dog
enum Color { RED @deprecated(reason: "old") "green" GREEN # last
}
input Filter { color: Color = RED nested: Filter list: [Int] }
scalar Date @specifiedBy(url: "https://example.com")
directive @deprecated2(reason: String = "", n: [Date]) repeatable on | OBJECT | UNION | FIELD
type Change { set(filter: Filter!, at: Date): Boolean }
extend type Query { extra: Color! }
extend schema @link { subscription: Query }
directive @link on SCHEMA
# the end
`;

it('documents of GraphQL are read and judged as in OPA', async (t) => {
  const queries = [
    '{ id name }',
    'query Q($id: ID!, $n: Int = 2 @link) { pet(id: $id) { __typename ... on Dog { barks } ...C } name(first: $n, last: []) @deprecated2 } fragment C on Cat { meows }',
    'mutation { set(filter: {color: GREEN, list: [1], nested: null}, at: "2024") }',
    'subscription S { id }',
    'query($id: ID!) { pet(id: $id) { name } }',
    '# c\n{ # d\n a: id # e\n}',
    '{ name(last: """\n  block\n    text\n  """) }',
    '{ name(last: ["\\u00e9\\n\\"", "x"]) }',
    '{ nothing }',
    '{ id { a } }',
    '{ pet(id: 1) }',
    '{ pet { __typename } }',
    '{ name(last: 5) }',
    '{ name(last: "a", other: 1) }',
    'query A { id } query A { id }',
    'query A { id } { name(last: []) }',
    '{ ...X }',
    'fragment X on Query { id }',
    '{ ...X } fragment X on Query { ...X }',
    '{ id @skip(if: 1) }',
    '{ id @unknown }',
    '{ id: name(last: []) id }',
    'query($a: Int) { id }',
    '{ id(a: $b) }',
    'mutation { set(filter: {color: BLUE}) }',
    'mutation { set(filter: {unknown: 1}) }',
    '',
    '{',
    '{ a(b: ) }',
    '{ a(b: 01) }',
    '{ a(b: 1.) }',
    '{ a(b: "x) }',
    '{ a(b: """x) }',
    '{ a ? }',
    '{ é }',
    'query { }',
    'fragment on on Query { id }',
    'query Q($a: Int = $b) { id }',
    '{ ... }',
    '{ ... @include(if: true) { id } }',
    '{ a(b: {c: $d, e: [$f]}) }',
  ];
  const schemas = [
    SCHEMA,
    'type Query { a: Int } type Query { b: Int }',
    'extend type Query { a: Int } extend type Query { b: Int }',
    'extend enum E { A } extend input I { a: Int } extend scalar S @specifiedBy(url: "u") extend interface N { a: Int } extend union U = Query type Query { a: Int }',
    'type A { a: B }',
    'type A { a: Int a: Int }',
    'type A { a(b: A): Int }',
    'type A { __a: Int }',
    'type __A { a: Int }',
    'type A',
    'type A {}',
    'input A { a: B } type B { a: Int }',
    'input A { b: B! } input B { a: A! }',
    'input A { b: [A!]! c: A }',
    'enum A { true }',
    'enum A { B B }',
    'union A = Int',
    'union A = B | B type B { a: Int }',
    'scalar Int',
    'directive @a(b: Int @a) on ARGUMENT_DEFINITION',
    'directive @a on FIELD directive @a on FIELD',
    'directive @skip on FIELD',
    'directive @a on OTHER',
    'type A @unknown { a: Int }',
    'type A @skip(if: true) { a: Int }',
    'type A { a: Int @deprecated(other: 1) }',
    'type A { a: Int @deprecated @deprecated }',
    'scalar A @specifiedBy',
    'scalar A @specifiedBy(url: null)',
    'interface I { a(b: Int): Int! } type A implements I { a: Int }',
    'interface I { a(b: Int): Int } type A implements I { a: Int }',
    'interface I { a(b: Int): Int } type A implements I { a(b: String): Int }',
    'interface I { a: Int } type A implements I { a(b: Int!): Int }',
    'interface I { a: Int } type A implements I { b: Int }',
    'interface I { a: J } interface J { b: Int } type K implements J { b: Int } type A implements I { a: K }',
    'interface I { a: [Int] } type A implements I { a: [Int!]! }',
    'interface I { a: Int } interface J implements I { a: Int } type A implements J { a: Int }',
    'interface I implements I { a: Int }',
    'type B { a: Int } type A implements B { a: Int }',
    'type A implements B { a: Int }',
    'schema { query: A }',
    'schema { query: Int } schema { query: Int }',
    'schema { other: Int }',
    'extend schema',
    'extend type A',
    '"d" extend type A { a: Int }',
    'extend "d" type A { a: Int }',
    'extend interface A implements B { a: Int }',
    'extend input A @a(b: $c) { a: Int }',
    'input A { a(b: Int): Int }',
    'union A = |',
    'union A',
    '"""\n"""  type A { a: Int }',
    'type A { a: [Int!]! b: [[Int]] }',
    'nothing',
    '',
  ];
  const ofSchema = '`type Query { a: Int }`';
  await assertSame(t, [
    ...queries.map((one): OracleCall => ['graphql.parse_query', `[${text(one)}]`]),
    ...queries.map((one): OracleCall => ['graphql.is_valid', `[${text(one)}, ${text(SCHEMA)}]`]),
    ...queries.map((one): OracleCall => [
      'graphql.parse_and_verify',
      `[${text(one)}, ${text(SCHEMA)}]`,
    ]),
    ...schemas.map((one): OracleCall => ['graphql.parse_schema', `[${text(one)}]`]),
    ...schemas.map((one): OracleCall => ['graphql.schema_is_valid', `[${text(one)}]`]),
    ['graphql.parse', `["{ a }", ${ofSchema.replaceAll('`', '"')}]`],
    [
      'graphql.parse',
      `[{"Operations": [{"Operation": "query", "SelectionSet": [{"Name": "a", "Alias": "a"}]}]}, "type Query { a: Int }"]`,
    ],
    [
      'graphql.parse',
      `[{"Operations": [{"Operation": "query", "SelectionSet": [{"Name": 1}]}]}, "type Query { a: Int }"]`,
    ],
    [
      'graphql.parse',
      `["{ a }", {"Definitions": [{"Kind": "OBJECT", "Name": "Query", "Fields": [{"Name": "a", "Type": {"NamedType": "Int"}}]}]}]`,
    ],
    ['graphql.is_valid', '["{ a }", 1]'],
    ['graphql.is_valid', '[1, "type Query { a: Int }"]'],
    ['graphql.schema_is_valid', '[1]'],
    ['graphql.is_valid', '["{ a }", "scalar A"]'],
  ]);
});

it('templates are written as OPA writes them', async (t) => {
  const values =
    '{"s": "a<b>\\"c\\"", "n": 5, "f": 1.50, "t": true, "z": null, "e": "", "l": ["x", 2, null, ["y"]], "m": {"b": 1, "a": {"c": "d"}}, "o": {}}';
  const templates = [
    'plain {{/* nothing */}} {{- " trimmed " -}}  text',
    'a {{- /* gone */ -}} b',
    '{{.}}|{{.s}}|{{.n}}|{{.f}}|{{.t}}|{{.z}}|{{.x}}|{{.x.y}}|{{.l}}|{{.m}}|{{.m.a.c}}|{{$.n}}',
    '{{.z.a}}',
    '{{.s.a}}',
    '{{.l.a}}',
    '{{if .t}}1{{end}}{{if .e}}2{{else if .n}}3{{else}}4{{end}}{{if .z}}5{{else}}6{{end}}{{if .o}}7{{end}}{{if .l}}8{{end}}{{if 0}}9{{end}}{{if 0.0}}0{{end}}',
    '{{with .m}}{{.b}}{{$.n}}{{else}}no{{end}}{{with .x}}{{else with .n}}{{.}}{{end}}',
    '{{range .l}}<{{.}}>{{end}}{{range $i, $v := .l}}{{if $i}},{{end}}{{$i}}={{$v}}{{end}}{{range $v := .m}}{{$v}}{{end}}{{range $k, $v := .m}}{{$k}}{{end}}',
    '{{range .o}}{{else}}none{{end}}{{range .x}}{{else}}none{{end}}{{range 3}}{{.}}{{end}}{{range $i := 2}}{{$i}}{{end}}',
    '{{range .l}}{{if eq (print .) "2"}}{{break}}{{end}}{{.}}{{end}}{{range .l}}{{if not .}}{{continue}}{{end}}{{.}};{{end}}',
    '{{range .n}}{{end}}',
    '{{range .t}}{{end}}',
    '{{$x := 1}}{{if true}}{{$x = 2}}{{$x := 3}}{{end}}{{$x}}{{$y := .m}}{{$y.a.c}}{{(index .m "a").c}}',
    '{{$x}}',
    '{{$x = 1}}',
    '{{define "T"}}[{{.}}]{{end}}{{template "T" .n}}{{template "T"}}{{block "B" .s}}({{.}}){{end}}',
    '{{template "none"}}',
    '{{and 1 0}}{{or 0 "" .n}}{{and .t .n}}{{or .e}}{{not .e}}{{and}}',
    '{{eq 1 1}}{{eq "a" "b" "a"}}{{ne 1 2}}{{lt 1 2}}{{le 2 2}}{{gt "b" "a"}}{{ge 1.5 2.5}}{{eq .n "5"}}{{eq .z nil}}{{eq .t true}}',
    '{{eq .n 5}}',
    '{{eq .l .l}}',
    '{{lt .t true}}',
    '{{len .s}}{{len .l}}{{len .m}}{{len .n}}',
    '{{len .t}}',
    '{{index .l 0}}{{index .l 3 0}}{{index .m "a" "c"}}{{index .m "x"}}{{slice .s 1 3}}{{slice .l 1 2}}{{slice .s 2}}',
    '{{index .l 9}}',
    '{{index .l .n}}',
    '{{index .l "a"}}',
    '{{index .m 1}}',
    '{{index .n 1}}',
    '{{slice .s 9 1}}',
    '{{slice .m 1}}',
    '{{print 1 2 "a" 3 .n true false}}{{println "a" 1}}{{printf "%d %s %5.2f %q %v" 42 "a" 1.5 "b" .t}}{{printf 1}}',
    '{{printf "%v" .n}}{{printf "%v" .l}}{{printf "%s" .s}}',
    '{{html .s}}{{js .s}}{{urlquery "a b&c"}}{{"<" | html}}{{.s | printf "%s:%s" "x"}}{{.s | len | print}}',
    "{{\"a\\tb\\u00e9\\x41\\101\"}}{{`raw\\n`}}{{'a'}}{{'\\n'}}{{0x1F}}{{-3}}{{1.5e3}}{{+2}}",
    '{{1 2}}',
    '{{.s 1}}',
    '{{unknown}}',
    '{{call .n}}',
    '{{',
    '{{if}}{{end}}',
    '{{if .t}}',
    '{{end}}',
    '{{else}}',
    '{{break}}',
    '{{(1}}',
    '{{"a}}',
    '{{.a.}}',
    '{{ ? }}',
    '{{range .l}}{{else}}{{else}}{{end}}',
    '{{define 1}}{{end}}',
    '{{if .t}}{{else range .l}}{{end}}',
    '{{nil}}',
    '{{not}}',
    '{{len}}',
    'line\n{{.n}}\n{{- .n}}',
  ];
  await assertSame(
    t,
    templates.map((one): OracleCall => ['strings.render_template', `[${text(one)}, ${values}]`]),
  );
});
