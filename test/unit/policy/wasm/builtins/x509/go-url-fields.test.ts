import assert from 'node:assert/strict';
import { test } from 'node:test';

import {
  goUrlFields,
  type GoUrlFields,
} from '../../../../../../src/policy/wasm/builtins/x509/go-url-fields.ts';

const EMPTY: GoUrlFields = {
  Scheme: '',
  Opaque: '',
  User: null,
  Host: '',
  Path: '',
  RawPath: '',
  OmitHost: false,
  ForceQuery: false,
  RawQuery: '',
  Fragment: '',
  RawFragment: '',
};

/** What OPA gives for the same text, besides what is empty. */
const ROWS: readonly (readonly [string, Partial<GoUrlFields>])[] = [
  ['spiffe://example.org/ns/a', { Scheme: 'spiffe', Host: 'example.org', Path: '/ns/a' }],
  ['http://u:p@h:80/?', { Scheme: 'http', User: {}, Host: 'h:80', Path: '/', ForceQuery: true }],
  ['http://h/?#a', { Scheme: 'http', Host: 'h', Path: '/', ForceQuery: true, Fragment: 'a' }],
  ['http://h/#a?', { Scheme: 'http', Host: 'h', Path: '/', Fragment: 'a?' }],
  ['http://h?a=b', { Scheme: 'http', Host: 'h', RawQuery: 'a=b' }],
  ['urn:a:b', { Scheme: 'urn', Opaque: 'a:b' }],
  ['mailto:a@b?', { Scheme: 'mailto', Opaque: 'a@b', ForceQuery: true }],
  ['file:/etc/x', { Scheme: 'file', Path: '/etc/x', OmitHost: true }],
  ['file:///etc/x', { Scheme: 'file', Path: '/etc/x' }],
  ['file:////etc/x', { Scheme: 'file', Path: '//etc/x' }],
  ['//h/p', { Host: 'h', Path: '/p' }],
  ['rel/p', { Path: 'rel/p' }],
  ['', {}],
];

test('a URL has the members that Go gives it', () => {
  for (const [text, members] of ROWS) {
    assert.deepEqual(goUrlFields(text), { ...EMPTY, ...members }, text);
  }
});

test('a path is told as it is written only where Go would write it in another way', () => {
  const rows = [
    ['/a%20b', '/a b', ''],
    ['/a%C3%A9', '/aé', ''],
    ['/a+b', '/a+b', ''],
    ['/a%2Fb', '/a/b', '/a%2Fb'],
    ['/a!b', '/a!b', '/a!b'],
  ] as const;
  for (const [written, Path, RawPath] of rows) {
    const fields = goUrlFields(`http://h${written}`);
    assert.deepEqual(fields, { ...EMPTY, Scheme: 'http', Host: 'h', Path, RawPath }, written);
  }
});

test('what Go cannot read as a URL makes the certificate malformed', () => {
  assert.throws(() => goUrlFields('http://h/%zz'), {
    name: 'BuiltinError',
    message: 'x509: malformed certificate: cannot parse URI "http://h/%zz"',
  });
});
