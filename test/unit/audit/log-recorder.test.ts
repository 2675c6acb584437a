import assert from 'node:assert/strict';
import { it } from 'node:test';
import { decide } from '../../../src/admission/decide.ts';
import { formatRecord } from '../../../src/admission/format-record.ts';
import { createLogRecorder } from '../../../src/audit/log-recorder.ts';
import { sampleContext, sampleRequest } from '../../support/admission-samples.ts';
import { recordTelemetry } from '../../support/recording-telemetry.ts';

it('createLogRecorder() writes refusals at level warn and everything else at level info', async () => {
  const { metrics, logger, entries, exposed } = recordTelemetry();
  const recorder = createLogRecorder({ logger, metrics });
  const record = formatRecord(sampleRequest(), decide([], sampleContext()), {
    route: 'validate',
    replica: 'holdfast-0',
    configurationHash: 'c0ffee',
  });

  await recorder.record(record);
  await recorder.record({ ...record, allowed: false });

  assert.deepEqual(entries, [
    { level: 'info', message: 'Decision', fields: { record } },
    { level: 'warn', message: 'Decision', fields: { record: { ...record, allowed: false } } },
  ]);
  assert.deepEqual(await exposed('holdfast_records_total'), [
    'holdfast_records_total{outcome="written"} 2',
  ]);
});
