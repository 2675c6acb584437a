import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseFormOrigin, parseHost } from '../../../../src/dashboard/http/parse-origin.ts';

const URL_OF_OURS = 'https://holdfast.example.com';

const HOSTS: readonly [host: string | undefined, found: string | undefined][] = [
  [undefined, undefined],
  ['localhost:8082', 'loopback'],
  ['127.0.0.1:8082', 'loopback'],
  ['127.8.9.1', 'loopback'],
  ['[::1]:8082', 'loopback'],
  ['holdfast.example.com', 'public'],
  ['evil.example.com', undefined],
  ['127.0.0.1.evil.example.com', undefined],
  ['localhost@evil.example.com', undefined],
];

for (const [host, found] of HOSTS) {
  test(`parseHost() says of ${host ?? 'none'}: ${found ?? 'not ours'}`, () => {
    assert.equal(parseHost({ host }, URL_OF_OURS), found);
  });
}

test('parseHost() without a url has loopback alone', () => {
  assert.equal(parseHost({ host: 'holdfast.example.com' }, undefined), undefined);
  assert.equal(parseHost({ host: 'localhost' }, undefined), 'loopback');
});

const FORMS: readonly [name: string, headers: Readonly<Record<string, string>>, isOurs: boolean][] =
  [
    ['a page of ours', { host: 'localhost:1', origin: 'http://localhost:1' }, true],
    ['another port', { host: 'localhost:1', origin: 'http://localhost:2' }, false],
    ['another site', { host: 'localhost:1', origin: 'https://evil.example' }, false],
    ['a page of the url', { host: 'holdfast.example.com', origin: URL_OF_OURS }, true],
    [
      'the url without TLS',
      { host: 'holdfast.example.com', origin: 'http://holdfast.example.com' },
      false,
    ],
    ['a host that is not ours', { host: 'evil.example', origin: 'http://evil.example' }, false],
    ['nobody who says where from', { host: 'localhost:1' }, false],
    [
      'a browser that says so otherwise',
      { host: 'localhost:1', 'sec-fetch-site': 'same-origin' },
      true,
    ],
    [
      'a sister site',
      { host: 'localhost:1', origin: 'http://localhost:1', 'sec-fetch-site': 'same-site' },
      false,
    ],
    ['a sandboxed frame', { host: 'localhost:1', origin: 'null' }, false],
  ];

for (const [name, headers, isOurs] of FORMS) {
  test(`parseFormOrigin() ${isOurs ? 'takes' : 'refuses'} a form of ${name}`, () => {
    assert.equal(parseFormOrigin(headers, URL_OF_OURS), isOurs);
  });
}
