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

test('headers of a vendor are not the headers of every request', () => {
  const sink = { type: 'otlp', name: 'a', url: 'https://logs.example.com' };
  for (const name of ['Authorization', 'host', 'content-length', 'Transfer-Encoding']) {
    assert.match(
      complaints({ ...sink, secretHeaders: { [name]: { env: 'A' } } }).join('\n'),
      /Expected a header that is not part of every request/u,
    );
  }
  assert.deepEqual(complaints({ ...sink, secretHeaders: { 'api-key': { env: 'A' } } }), []);
});
