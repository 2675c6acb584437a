import assert from 'node:assert/strict';
import { test } from 'node:test';
import { describeIssue } from '../../../src/config/describe-issue.ts';
import { sinkSection } from '../../../src/delivery/settings.ts';

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
