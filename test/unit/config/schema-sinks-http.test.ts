import assert from 'node:assert/strict';
import { test } from 'node:test';
import { describeIssue } from '../../../src/config/describe-issue.ts';
import { sinksSchema } from '../../../src/config/schema-sinks.ts';

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
