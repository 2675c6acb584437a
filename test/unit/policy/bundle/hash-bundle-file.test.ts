import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { hashBundleFile } from '../../../../src/policy/bundle/hash-bundle-file.ts';

test('hashBundleFile() hashes data by its meaning and all else by its bytes, with each algorithm', () => {
  for (const [algorithm, name] of [
    ['SHA-256', 'sha256'],
    ['SHA-384', 'sha384'],
    ['SHA-512', 'sha512'],
  ] as const) {
    const hash = (text: string) => createHash(name).update(text).digest('hex');
    const text = Buffer.from('{ "a": 1 }');

    assert.deepEqual(hashBundleFile('manifest.json', text, algorithm), {
      ok: true,
      value: hash('{ "a": 1 }'),
    });
    assert.deepEqual(hashBundleFile('lib/data.json', text, algorithm), {
      ok: true,
      value: hash('{"a":1}'),
    });
    assert.deepEqual(hashBundleFile('.manifest', text, algorithm), {
      ok: true,
      value: hash('{"a":1}'),
    });
  }
});
