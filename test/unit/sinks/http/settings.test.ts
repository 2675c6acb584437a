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

function parsed(sink: object): object {
  const [settings] = sinksSchema.parse([sink]);
  return { ...settings };
}

test('sinks over HTTP need little beside their address', () => {
  const url = 'https://logs.example.com';

  assert.partialDeepStrictEqual(parsed({ type: 'loki', name: 'a', url }), {
    url,
    tls: {},
    labels: { job: 'holdfast' },
  });
  assert.partialDeepStrictEqual(parsed({ type: 'elasticsearch', name: 'a', url }), {
    index: 'logs-holdfast-default',
  });
  assert.partialDeepStrictEqual(parsed({ type: 'otlp', name: 'a', url }), { secretHeaders: {} });
  assert.partialDeepStrictEqual(parsed({ type: 'slack', name: 'a', url: { env: 'HOOK' } }), {
    linesMax: 10,
    intervalMs: 1000,
  });
});

test('sinks over HTTP send records over HTTPS, except on this machine', () => {
  for (const type of ['loki', 'elasticsearch', 'otlp']) {
    assert.deepEqual(complaints({ type, name: 'a', url: 'http://127.0.0.1:3100' }), []);
    assert.deepEqual(complaints({ type, name: 'a', url: 'http://logs.example.com' }), [
      '0.url: Expected an https URL; http is for this machine alone',
    ]);
  }
});

test('sinks over HTTP prove who they are in one way', () => {
  const secret = { env: 'SECRET' };
  const both = { bearerToken: secret, basic: { username: 'holdfast', password: secret } };
  const url = 'https://logs.example.com';

  for (const type of ['loki', 'elasticsearch', 'otlp']) {
    assert.deepEqual(complaints({ type, name: 'a', url, ...both }), [
      '0: Expected at most one of "apiKey", "bearerToken" and "basic"',
    ]);
  }
  assert.deepEqual(complaints({ type: 'loki', name: 'a', url, bearerToken: secret }), []);
});

test('a chat address in the configuration is refused, and not repeated', () => {
  const [complaint = ''] = complaints({
    type: 'slack',
    name: 'a',
    url: 'https://hooks.slack.com/services/T0/B0/hush',
  });

  assert.match(complaint, /^0\.url: Expected \{file: PATH\} or \{env: NAME\}/u);
  assert.ok(!complaint.includes('hush'));
});

test('an index, a tenant and a user have names that cannot be something else', () => {
  const url = 'https://logs.example.com';
  const password = { env: 'SECRET' };
  for (const sink of [
    { type: 'elasticsearch', index: 'Logs' },
    { type: 'elasticsearch', index: '../_all' },
    { type: 'loki', tenant: 'a b' },
    { type: 'loki', basic: { username: 'a:b', password } },
  ]) {
    assert.equal(complaints({ name: 'a', url, ...sink }).length, 1);
  }
});
