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

for (const settings of sinksSchema.parse([{ type: 'stdout', name: 'out' }])) {
  test(`constructSink() makes a sink of type ${settings.type} that has its configured name`, async () => {
    const sink = await constructSink(settings, context);

    assert.equal(sink.name, settings.name);
    await sink.close();
  });
}
