import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseReviewFile } from '../../../../src/authoring/testing/parse-review-file.ts';

const CASES = 'cases:\n  - name: first\n    object: {}\n    expect: { allowed: true }\n';

test('parseReviewFile() reads the cases, and where each is', () => {
  const parsed = parseReviewFile(Buffer.from(CASES));

  assert.ok(parsed.ok);
  assert.deepEqual(
    parsed.content.cases.map(({ name, mode }) => [name, mode]),
    [['first', 'enforce']],
  );
  assert.equal(parsed.rowOf(0), 2);
});

for (const [name, text, expected] of [
  [
    'what is no YAML',
    'a: 1\na: 2\n',
    { ok: false, reason: 'it is no YAML: Map keys must be unique', row: 2 },
  ],
  [
    'a member that there is not',
    CASES.replace('object', 'objekt'),
    { ok: false, reason: 'cases.0: Unrecognized key: "objekt"', row: 2 },
  ],
] as const) {
  test(`parseReviewFile() refuses ${name}, with its line`, () => {
    assert.deepEqual(parseReviewFile(Buffer.from(text)), expected);
  });
}

test('parseReviewFile() refuses an empty file', () => {
  const parsed = parseReviewFile(Buffer.from(''));

  assert.ok(!parsed.ok);
  assert.match(parsed.reason, /Invalid input/u);
});
