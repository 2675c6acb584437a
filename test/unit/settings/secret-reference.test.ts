import assert from 'node:assert/strict';
import { test } from 'node:test';
import { describeIssue } from '../../../src/config/describe-issue.ts';
import { secretReferenceSchema } from '../../../src/settings/secret-reference.ts';

const MISPLACED =
  'Expected {file: PATH} or {env: NAME}, found something else, not shown because it may be the secret itself';

function messagesOf(value: unknown): readonly string[] | object {
  const parsed = secretReferenceSchema.safeParse(value, { error: describeIssue });
  return parsed.success ? parsed.data : parsed.error.issues.map(({ message }) => message);
}

for (const reference of [{ file: '/run/secrets/key' }, { env: 'PAGER_KEY' }]) {
  test(`a secret reference is ${JSON.stringify(reference)}`, () => {
    assert.deepEqual(messagesOf(reference), reference);
  });
}

for (const [value, messages] of [
  ['hunter2', [MISPLACED]],
  [42, [MISPLACED]],
  [['hunter2'], [MISPLACED]],
  [null, [MISPLACED]],
  [{}, ['Expected either "file" or "env"']],
  [{ file: 'a', env: 'B' }, ['Expected either "file" or "env"']],
  [{ env: 'not a name' }, ['Expected the name of an environment variable']],
  [{ value: 'hunter2' }, ['Unrecognized key: "value"', 'Expected either "file" or "env"']],
] as const) {
  test(`a secret reference is not ${JSON.stringify(value)}, and the message does not repeat it`, () => {
    const found = messagesOf(value);

    assert.deepEqual(found, messages);
    assert.doesNotMatch(JSON.stringify(found), /hunter2/u);
  });
}
