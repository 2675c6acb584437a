import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createDeliveryMeter } from '../../../src/delivery/delivery-meter.ts';
import { SinkHealth } from '../../../src/delivery/sink-health.ts';
import { STAGE_SETTINGS } from '../../support/delivery-stage.ts';
import { recordTelemetry } from '../../support/recording-telemetry.ts';
import { settle, SimulatedTime } from '../../support/simulated-time.ts';

function stage() {
  const time = new SimulatedTime();
  const telemetry = recordTelemetry();
  const health = new SinkHealth({
    settings: STAGE_SETTINGS,
    meter: createDeliveryMeter(telemetry.metrics, 'siem'),
    logger: telemetry.logger,
    wait: time.wait,
    random: () => 1,
  });
  const { signal } = new AbortController();
  const fail = async (retryAfterMs?: number): Promise<void> => {
    let isOver = false;
    void health.pause({ status: 'retry', reason: 'Down', retryAfterMs }, signal).then(() => {
      isOver = true;
    });
    await time.passUntil(() => isOver);
  };
  return { time, telemetry, health, fail };
}

test('SinkHealth doubles its waits, then leaves the sink alone, and obeys a Retry-After', async () => {
  const { time, health, fail } = stage();

  await fail();
  await fail();
  assert.equal(health.isDown, false);
  await fail();
  assert.equal(health.isDown, true);
  await fail(20_000);

  assert.deepEqual(time.waits, [100, 200, 5000, 22_000]);
});

test('SinkHealth says once that a sink fails, once that it is down, and once that it works again', async () => {
  const { health, telemetry, fail } = stage();

  for (let failure = 0; failure < 5; failure += 1) await fail();
  health.recover();
  health.recover();

  assert.deepEqual(telemetry.entries, [
    {
      level: 'warn',
      message: 'A sink failed: its records wait in the journal and are sent again',
      fields: { sink: 'siem', reason: 'Down', failures: 1, waitMs: 100 },
    },
    {
      level: 'error',
      message: 'A sink is down: it is left alone and probed with one record',
      fields: { sink: 'siem', reason: 'Down', failures: 3, waitMs: 5000 },
    },
    { level: 'info', message: 'A sink works again', fields: { sink: 'siem', failures: 5 } },
  ]);
  assert.deepEqual(await telemetry.exposed('holdfast_sink_failures_total{'), [
    'holdfast_sink_failures_total{sink="siem"} 5',
  ]);
});

test('SinkHealth shows the breaker: closed, open, half open, closed again, stopped', async () => {
  const { health, telemetry, fail } = stage();
  const states: string[] = [];
  const look = async (): Promise<void> => {
    const [line = ''] = await telemetry.exposed('holdfast_sink_breaker_state{');
    states.push(line.slice(-1));
  };

  await look();
  await fail();
  await fail();
  await look();
  void health.pause({ status: 'retry', reason: 'Down' }, new AbortController().signal);
  await settle();
  await look();
  await fail();
  await look();
  health.recover();
  await look();
  health.end('410');
  await look();

  assert.deepEqual(states, ['0', '0', '2', '1', '0', '3']);
  assert.equal(health.stopReason, '410');
});
