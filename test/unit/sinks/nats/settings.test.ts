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

const NATS = { type: 'nats', name: 'bus', servers: ['tls://nats.example.com:4222'] };

test('a NATS sink needs its servers alone', () => {
  const [settings] = sinksSchema.parse([{ ...NATS, createStream: {} }]);

  assert.partialDeepStrictEqual(settings, {
    stream: 'HOLDFAST',
    subject: 'holdfast.{cluster}.{decision}',
    createStream: {
      subjects: ['holdfast.>'],
      replicas: 1,
      maxAgeMs: 7_776_000_000,
      duplicateWindowMs: 600_000,
    },
  });
});

test('NATS servers are reached over TLS by name, or on this machine', () => {
  const good = [
    'tls://nats.nats.svc:4222',
    'tls://nats',
    'nats://127.0.0.1:4222',
    'nats://localhost',
  ];
  for (const server of good) {
    assert.deepEqual(complaints({ ...NATS, servers: [server] }), [], server);
  }
  for (const server of [
    'nats://nats.example.com:4222',
    'tls://10.0.0.1:4222',
    'tls://user:hush@nats.example.com',
    'nats.example.com',
    'ws://127.0.0.1',
  ]) {
    const found = complaints({ ...NATS, servers: [server] });
    assert.deepEqual(found, [
      '0.servers.0: Expected tls://HOST:PORT with a host name; nats:// is for this machine alone',
    ]);
  }
  assert.deepEqual(complaints({ ...NATS, servers: ['tls://a:1', 'nats://localhost:1'] }), [
    '0.servers: Expected servers that all begin with "tls://", or all with "nats://"',
  ]);
});

test('a NATS subject has tokens that can be filled, and no wildcard', () => {
  assert.deepEqual(complaints({ ...NATS, subject: 'audit.{namespace}.{resource}' }), []);
  for (const subject of ['', 'a..b', 'a.>', 'a.*', 'a.{user}', '{cluster}{decision}', 'a b']) {
    assert.match(complaints({ ...NATS, subject }).join('\n'), /^0\.subject: Expected tokens/u);
  }
});

test('a NATS sink has one kind of credential', () => {
  const secret = { env: 'SECRET' };

  assert.deepEqual(complaints({ ...NATS, token: secret, nkeySeed: secret }), [
    '0: Expected at most one of "token", "user", "nkeySeed" and "credentials"',
  ]);
  assert.deepEqual(complaints({ ...NATS, credentials: secret }), []);
});
