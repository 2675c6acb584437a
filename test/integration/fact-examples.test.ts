/** Every fact, and every member of one, has an example on docs/policies/facts.md. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { FACT_NAMES } from '../../src/policy/fact-names.ts';
import { collectFactExamples, describeFacts } from '../support/docs/facts-page.ts';

const ROOT = join(import.meta.dirname, '..', '..');

test('docs/policies/facts.md is what is gathered from the recorded day', async () => {
  const { path, text } = await describeFacts();

  assert.ok(readFileSync(join(ROOT, path), 'utf8') === text, 'run npm run docs:reference');
  for (const fact of [...FACT_NAMES, 'cluster']) {
    assert.ok(text.includes(`\n## ${fact}\n`), `add a section for "${fact}"`);
  }
});

test('every member of a fact has an example, most of them of a real review', async () => {
  const { examples, members, missing } = await collectFactExamples();

  assert.deepEqual(missing, []);
  const real = members.filter(({ path }) => examples.get(path)?.review !== undefined);
  assert.ok(members.length > 250 && real.length > 100, `${real.length} of ${members.length}`);
});
