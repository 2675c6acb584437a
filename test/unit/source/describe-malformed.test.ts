import assert from 'node:assert/strict';
import { test } from 'node:test';
import { z } from 'zod';
import { describeMalformed } from '../../../src/source/describe-malformed.ts';

test('every field at fault is named by its path, and no value', () => {
  const schema = z.object({
    spec: z.object({ path: z.string('no text') }),
    kind: z.string('no text'),
  });
  const { error } = schema.safeParse({ spec: { path: 7 }, kind: ['secret'] });

  assert.ok(error);
  assert.equal(
    describeMalformed('the Application', error),
    'the Application is malformed in "spec.path" (no text), "kind" (no text)',
  );
});
