import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  createForwardingLogger,
  logForwarded,
  type ForwardedEntry,
} from '../../../src/telemetry/forwarded-logger.ts';
import { recordTelemetry } from '../../support/recording-telemetry.ts';

test('createForwardingLogger() hands on entries as plain data, without secrets', async () => {
  const sent: ForwardedEntry[] = [];
  const logger = createForwardingLogger((entry) => sent.push(entry));
  const { entries, logger: writing } = recordTelemetry();

  logger.child({ sink: 'siem' }).warn('A sink failed', { token: 't', failures: 2 });
  logger.error('Broken');
  logger.setLevel('silent');
  logger.info('Fine', { error: new Error('No', { cause: new Error('Why') }) });
  logger.debug('Small');
  await logger.batch('warn', 'Decision', { record: { data: 'd' } });
  for (const entry of structuredClone(sent)) logForwarded(writing, entry);

  const info = entries[2]?.fields['error'];
  assert.deepEqual(entries.toSpliced(2, 1), [
    {
      level: 'warn',
      message: 'A sink failed',
      fields: { sink: 'siem', token: '[redacted]', failures: 2 },
    },
    { level: 'error', message: 'Broken', fields: {} },
    { level: 'debug', message: 'Small', fields: {} },
    { level: 'warn', message: 'Decision', fields: { record: { data: '[redacted]' } } },
  ]);
  assert.equal(Reflect.get(Object(info), 'message'), 'No');
  assert.equal(Reflect.get(Object(Reflect.get(Object(info), 'cause')), 'message'), 'Why');
});
