import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseFieldPattern } from '../../../src/identity/parse-field-pattern.ts';

describe('parseFieldPattern()', () => {
  const table: readonly [string, readonly string[] | undefined][] = [
    ['spec.replicas', undefined],
    ['metadata.annotations["example.com/a"]', undefined],
    ['spec.http[*].route[*].weight', ['spec', 'http', '*', 'route', '*', 'weight']],
    ['spec.containers[app].env[STAKATER_*]', ['spec', 'containers', 'app', 'env', 'STAKATER_*']],
    [
      'metadata.annotations["alb.example.com/actions.*"]',
      ['metadata', 'annotations', 'alb.example.com/actions.*'],
    ],
    ['metadata.finalizers[example.com/*]', ['metadata', 'finalizers', 'example.com/*']],
    ['spec["a\\"b"][*]', ['spec', 'a"b', '*']],
    ['metadata.example[*]', ['metadata', 'example', '*']],
    ['metadata.annotations["a"].b[*]', ['metadata', 'annotations', 'a', 'b', '*']],
  ];
  for (const [path, segments] of table) {
    it(`reads ${path}`, () => {
      assert.deepEqual(parseFieldPattern(path), { ok: true, segments });
    });
  }

  for (const path of [
    'metadata[*]',
    'metadata.finalizers[*]',
    'metadata.annotations[*]',
    'metadata.labels["a*"]',
    'metadata.labels["*/x*"]',
    'metadata.finalizers[example/*]',
    'metadata.ownerReferences[*]',
    'metadata.managedFields[*]',
  ]) {
    it(`refuses ${path}, which stands for the names of others`, () => {
      assert.deepEqual(parseFieldPattern(path), {
        ok: false,
        reason: 'Expected names of metadata, or beginnings with a domain such as "example.com/*"',
      });
    });
  }

  for (const path of ['spec..http[*]', 'spec.http[*]route', 'spec.[*]']) {
    it(`refuses ${path}, which no denial prints`, () => {
      assert.deepEqual(parseFieldPattern(path), {
        ok: false,
        reason: 'Expected a path as denials print it, such as "spec.http[*].route[*].weight"',
      });
    });
  }

  it('takes a bracket without its end for text, not for a wildcard', () => {
    assert.deepEqual(parseFieldPattern('[*'), { ok: true, segments: undefined });
  });
});
