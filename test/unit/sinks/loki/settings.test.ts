import assert from 'node:assert/strict';
import { test } from 'node:test';
import { describeIssue } from '../../../../src/config/describe-issue.ts';
import { sinksSchema } from '../../../../src/sinks/settings.ts';

function complaints(sink: object): readonly string[] {
  const result = sinksSchema.safeParse([sink], { error: describeIssue });
  return result.success
    ? []
    : result.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
}

test('labels of Loki do not take the place of ours, and are few', () => {
  const sink = { type: 'loki', name: 'a', url: 'https://logs.example.com' };
  const many = Object.fromEntries(Array.from({ length: 9 }, (_, index) => [`l${index}`, 'v']));

  for (const name of ['cluster', 'replica', 'decision', '__name__', '1st', 'a-b']) {
    const [complaint = ''] = complaints({ ...sink, labels: { [name]: 'v' } });
    assert.match(complaint, /Expected the name of a label other than "cluster"/u, name);
  }
  assert.deepEqual(complaints({ ...sink, labels: many }), ['0.labels: Expected at most 8 labels']);
  assert.deepEqual(complaints({ ...sink, labels: { clusters: 'v' } }), []);
});
