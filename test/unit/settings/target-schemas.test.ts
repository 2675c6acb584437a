import assert from 'node:assert/strict';
import { test } from 'node:test';
import { httpTargetSchema, targetTlsSchema } from '../../../src/settings/target-schemas.ts';

for (const url of [
  'https://collector.example.com/events?tenant=1',
  'http://127.0.0.1:8080/',
  'http://localhost/',
  'http://[::1]:9/',
]) {
  test(`httpTargetSchema accepts ${url}`, () => {
    assert.equal(httpTargetSchema.parse(url), url);
  });
}

for (const [url, message] of [
  ['collector', 'Expected a URL'],
  ['http://collector.example.com/', 'Expected an https URL; http is for this machine alone'],
  ['http://127.0.0.1.example.com/', 'Expected an https URL; http is for this machine alone'],
  ['ftp://127.0.0.1/', 'Expected an https URL; http is for this machine alone'],
  [
    'https://user:word@example.com/',
    'Expected a URL without a user, password or fragment: name the secret in its own key',
  ],
] as const) {
  test(`httpTargetSchema refuses ${url}`, () => {
    assert.deepEqual(
      httpTargetSchema.safeParse(url).error?.issues.map((issue) => issue.message),
      [message],
    );
  });
}

test('targetTlsSchema wants a certificate and its key together', () => {
  assert.equal(targetTlsSchema.safeParse({ certificateFile: 'a', keyFile: 'b' }).success, true);
  assert.equal(targetTlsSchema.safeParse({ certificateFile: 'a' }).success, false);
});
