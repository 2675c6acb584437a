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

test('a syslog sink needs its host alone', () => {
  const [settings] = sinksSchema.parse([{ type: 'syslog', name: 'log', host: 'log.example.com' }]);

  assert.partialDeepStrictEqual(settings, {
    port: 6514,
    tls: {},
    facility: 'audit',
    structuredDataId: 'holdfast@32473',
    messageBytesMax: 8192,
    confirm: 'close',
  });
});

test('a syslog sink has a facility and structured data that the standard knows', () => {
  const sink = { type: 'syslog', name: 'log', host: 'log.example.com' };

  assert.match(complaints({ ...sink, facility: 'kern' }).join('\n'), /^0\.facility: Expected/u);
  for (const structuredDataId of ['holdfast', 'a b@1', 'x@y', 'x]@1', `${'x'.repeat(21)}@1`]) {
    assert.deepEqual(complaints({ ...sink, structuredDataId }), [
      '0.structuredDataId: Expected NAME@NUMBER with a private enterprise number, as in "holdfast@32473"',
    ]);
  }
  assert.equal(complaints({ ...sink, port: 0 }).length, 1);
  assert.equal(complaints({ ...sink, messageBytesMax: 2047 }).length, 1);
});
