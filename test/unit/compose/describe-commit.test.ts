import assert from 'node:assert/strict';
import { test } from 'node:test';
import { describeCommit } from '../../../src/compose/describe-commit.ts';
import { parseObject } from '../../../src/signature/git/parse-object.ts';

const PARENT = '1'.repeat(40);

test('describeCommit() tells who made the commit, when, on what, and who signed it off', () => {
  const text = [
    `tree ${'2'.repeat(40)}`,
    `parent ${PARENT}`,
    'author Anna <anna@example.com> 1767225600 +0100',
    'committer Ben <ben@example.com> 1767225660 +0000',
    '',
    'Change the colour',
    '',
    'Signed-Off-By: Carl <carl@example.com>',
    'Reviewed-by: Dora <dora@example.com>',
    '',
  ].join('\n');
  const parsed = parseObject(Buffer.from(text), { kind: 'commit', algorithm: 'sha1' });
  assert.ok(parsed.status === 'parsed' && parsed.value.kind === 'commit');
  assert.deepEqual(describeCommit(parsed.value), {
    objectId: parsed.value.id,
    author: { name: 'Anna', email: 'anna@example.com' },
    committer: { name: 'Ben', email: 'ben@example.com' },
    committedAt: '2026-01-01T00:01:00.000Z',
    parents: [PARENT],
    signOffs: ['Carl <carl@example.com>'],
  });
});
