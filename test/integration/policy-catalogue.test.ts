/** The catalogue of the policies that come with Holdfast is what they say, and names every code that they have. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { describeDefaultPolicies } from '../support/docs/policies-reference.ts';

const ROOT = join(import.meta.dirname, '..', '..');

test('docs/reference/policies.md is what the policies say', async () => {
  const { path, text } = await describeDefaultPolicies();

  assert.ok(readFileSync(join(ROOT, path), 'utf8') === text, 'run npm run docs:reference');
  // A code that is put together while the policy runs could not be looked up.
  const codes = [...text.matchAll(/^\| (?:deny|warn|audit) \| (?<codes>[^|]+) \|/gmu)];
  assert.ok(codes.length > 60, String(codes.length));
  for (const { groups } of codes) assert.doesNotMatch(groups?.['codes'] ?? '', /\{/u);
});
