import assert from 'node:assert/strict';
import { PassThrough } from 'node:stream';
import { test } from 'node:test';
import { constructSink } from '../../../src/compose/construct-sink.ts';
import { systemClock } from '../../../src/base/clock.ts';
import { sinksSchema } from '../../../src/config/schema-sinks.ts';
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
]);

for (const settings of sinks) {
  test(`constructSink() makes a sink of type ${settings.type} that has its configured name`, async () => {
    const sink = await constructSink(settings, context);

    assert.equal(sink.name, settings.name);
    await sink.close();
  });
}
