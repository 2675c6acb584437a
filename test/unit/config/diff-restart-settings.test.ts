import assert from 'node:assert/strict';
import { test } from 'node:test';
import { diffRestartSettings, needsRestart } from '../../../src/config/diff-restart-settings.ts';
import { configurationSchema } from '../../../src/config/schema.ts';

const before = configurationSchema.parse({});

for (const [file, paths] of [
  [{}, []],
  [{ cluster: { name: 'other' } }, ['cluster.name']],
  [{ traces: { url: 'https://collector.example.com' } }, ['traces']],
  [{ policies: { mode: 'warn' }, cluster: { frozen: true }, limits: { drainDelayMs: 1 } }, []],
  [
    { server: { host: '::1', port: 1, tls: { keyFile: 'k' }, metrics: { port: 2 } } },
    ['server.host', 'server.port', 'server.tls', 'server.metrics'],
  ],
  [
    { server: { clientAuthentication: { caFile: 'ca', commonNames: ['a'] } } },
    ['server.clientAuthentication'],
  ],
  [{ engine: { workers: 3, memoryPagesMax: 2000, deadlineMs: 20 } }, ['engine']],
  [
    {
      limits: {
        bodyBytesMax: 100_000,
        requestDeadlineMs: 100,
        concurrentRequestsMax: 1,
        connectionsMax: 1,
        headerTimeoutMs: 100,
        requestTimeoutMs: 100,
        keepAliveMs: 1000,
        drainMs: 1,
      },
    },
    [
      'limits.bodyBytesMax',
      'limits.requestDeadlineMs',
      'limits.concurrentRequestsMax',
      'limits.connectionsMax',
      'limits.headerTimeoutMs',
      'limits.requestTimeoutMs',
      'limits.keepAliveMs',
      'limits.drainMs',
    ],
  ],
  [{ kubernetes: { kubeconfigFile: 'k' } }, ['kubernetes']],
  [{ audit: { journal: {}, hide: { keyFile: 'k' } } }, ['audit.journal', 'audit.hide']],
  [
    { audit: { journal: {}, sinks: [{ type: 'stdout', name: 'out' }] } },
    ['audit.journal', 'audit.sinks'],
  ],
  [{ audit: { record: { routineAllows: 'all' }, recordFailure: 'allow' } }, []],
] as const) {
  test(`diffRestartSettings() finds ${paths.join(', ') || 'nothing'}`, () => {
    assert.deepEqual(diffRestartSettings(before, configurationSchema.parse(file)), paths);
  });
}

test('needsRestart() is so for a named key and what is below it, and for nothing that only begins like it', () => {
  assert.deepEqual(
    [
      'server.port',
      'engine.workers',
      'audit.sinks[].url',
      'audit.sinks',
      'server.portable',
      'log.level',
    ].map(needsRestart),
    [true, true, true, true, false, false],
  );
});
