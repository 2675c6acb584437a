import assert from 'node:assert/strict';
import { test } from 'node:test';
import { describeFiles } from '../../../src/authoring/describe-bundle-files.ts';
import type { Manifest } from '../../../src/policy/manifest.ts';

test('describeFiles() writes beside the manifest what OPA reads, and names the roots of the data', () => {
  const manifest: Manifest = {
    format: 4,
    revision: 'a'.repeat(64),
    opaVersion: '1.22.0',
    moduleSha256: 'b'.repeat(64),
    builtins: {},
    policies: [],
    data: { teams: ['a'] },
  };
  const sources = new Map([['lib/a.rego', 'package a']]);

  const files = describeFiles({ manifest, module: Buffer.from('module'), sources });

  const texts = Object.fromEntries(
    [...files].map(([name, bytes]) => [name, Buffer.from(bytes).toString()]),
  );
  assert.deepEqual(JSON.parse(texts['.manifest'] ?? ''), {
    revision: 'a'.repeat(64),
    roots: ['holdfast', 'teams'],
    rego_version: 1,
  });
  assert.deepEqual(JSON.parse(texts['data.json'] ?? ''), { teams: ['a'] });
  assert.deepEqual(JSON.parse(texts['manifest.json'] ?? ''), manifest);
  assert.deepEqual([texts['policy.wasm'], texts['lib/a.rego']], ['module', 'package a']);
});
