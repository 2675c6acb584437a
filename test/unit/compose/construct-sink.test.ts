import assert from 'node:assert/strict';
import { PassThrough } from 'node:stream';
import { test } from 'node:test';
import { constructSink } from '../../../src/compose/construct-sink.ts';
import { systemClock } from '../../../src/base/clock.ts';
import { sinksSchema } from '../../../src/sinks/settings.ts';
import { startFakeApiServer } from '../../support/fake-api-server.ts';
import { recordTelemetry } from '../../support/recording-telemetry.ts';

const context = {
  cluster: 'prod-eu-1',
  replica: 'holdfast-0',
  clock: systemClock,
  logger: recordTelemetry().logger,
  environment: {},
  openOutput: () => new PassThrough(),
};

const url = 'https://collector.example.com';
const sinks = sinksSchema.parse([
  { type: 'stdout', name: 'out' },
  { type: 'file', name: 'lines', file: 'audit.jsonl' },
  { type: 'webhook', name: 'events', url },
  { type: 'loki', name: 'loki', url },
  { type: 'elasticsearch', name: 'search', url, index: 'audit' },
  { type: 'otlp', name: 'otlp', url },
  { type: 'slack', name: 'chat', url: { env: 'SLACK_URL' } },
  { type: 'nats', name: 'bus', servers: ['nats://127.0.0.1:4222'] },
  { type: 'syslog', name: 'log', host: '127.0.0.1' },
]);

for (const settings of sinks) {
  test(`constructSink() makes a sink of type ${settings.type} that has its configured name`, async () => {
    const sink = await constructSink(settings, context);

    assert.equal(sink.name, settings.name);
    await sink.close();
  });
}

test('constructSink() makes a sink of Kubernetes Events for the configured cluster', async (t) => {
  const [settings] = sinksSchema.parse([{ type: 'kubernetesEvents', name: 'told' }]);
  assert.ok(settings !== undefined);
  const server = await startFakeApiServer();
  t.after(server.stop);

  const sink = await constructSink(settings, { ...context, kubeconfigFile: server.kubeconfigFile });

  assert.equal(sink.name, 'told');
  await sink.close();
  await assert.rejects(constructSink(settings, context), {
    code: 'kubeconfig_unusable',
    message:
      'A sink of type "kubernetesEvents" needs a cluster: run inside one, or set kubernetes.kubeconfigFile',
  });
});
