import assert from 'node:assert/strict';
import { test } from 'node:test';
import { describeIssue } from '../../../src/config/describe-issue.ts';
import {
  httpTargetSchema,
  sinkSection,
  sinkTlsSchema,
} from '../../../src/config/schema-sink-common.ts';

const schema = sinkSection('sample', {});

function complaints(part: Readonly<Record<string, unknown>>): readonly string[] {
  const sink = { type: 'sample', name: 'sample', ...part };
  const parsed = schema.safeParse(sink, { error: describeIssue });
  return parsed.success
    ? []
    : parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
}

for (const [name, part, complaint] of [
  [
    'a hash without a key',
    { mask: { hash: ['user.username'] } },
    'mask.key: Expected a key for the hash: {file: PATH} or {env: NAME}',
  ],
  [
    'a field that is dropped and hashed',
    { mask: { drop: ['user.uid'], hash: ['user.uid'], key: { env: 'KEY' } } },
    'mask.hash: Expected each field under "drop" or under "hash", not under both',
  ],
  [
    'hidden values that the message would repeat',
    { mask: { drop: ['change.values'] } },
    'mask.drop: Expected "message" as well: the message of a denial repeats the changed values',
  ],
  [
    'a filter that nothing passes',
    { filter: { codes: [] } },
    'filter.codes: Expected a number of entries of at least 1, found 0',
  ],
  [
    'a class that nobody is in',
    { filter: { actorClasses: ['admin'] } },
    'filter.actorClasses.0: Expected "gitops", "platform", "node", "operator", "breakglass", "other", found the text "admin"',
  ],
] as const) {
  test(`sinkSection() refuses ${name}`, () => {
    assert.deepEqual(complaints(part), [complaint]);
  });
}

test('sinkSection() accepts every condition and both ways to hide', () => {
  const part = {
    filter: {
      decisions: ['denied'],
      codes: ['managed_object_changed'],
      policies: ['gitops_only_writes'],
      namespaces: ['', 'team-*'],
      actorClasses: ['other'],
      dryRun: false,
    },
    mask: { drop: ['change.values', 'message'], hash: ['user.username'], key: { env: 'KEY' } },
  };

  assert.deepEqual(complaints(part), []);
});

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

test('sinkTlsSchema wants a certificate and its key together', () => {
  assert.equal(sinkTlsSchema.safeParse({ certificateFile: 'a', keyFile: 'b' }).success, true);
  assert.equal(sinkTlsSchema.safeParse({ certificateFile: 'a' }).success, false);
});
