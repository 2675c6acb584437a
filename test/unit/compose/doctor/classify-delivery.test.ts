import assert from 'node:assert/strict';
import { test } from 'node:test';
import { classifyDelivery } from '../../../../src/compose/doctor/classify-delivery.ts';
import { METRICS } from '../../../../src/telemetry/metrics-table.ts';

const READY = '[+]journal ok\nreadyz check passed\n';

function judge(metrics: string, readiness = READY) {
  return classifyDelivery([{ name: 'holdfast-0', namespace: 'hold', metrics, readiness }]).map(
    ({ code, status, message }) => [code, status, message],
  );
}

test('where nothing waits, all is delivered; without pods nothing is known', () => {
  assert.deepEqual(judge('holdfast_sink_lag_seconds{sink="siem"} 60\n'), [
    ['delivered', 'ok', 'Nothing waits for a sink or an alert target on holdfast-0'],
  ]);
  assert.deepEqual(classifyDelivery([]), []);
});

for (const [line, code, message] of [
  [
    'holdfast_sink_breaker_state{sink="siem"} 2',
    'sink_unreachable',
    'The sink "siem" does not take records',
  ],
  ['holdfast_sink_lag_seconds{sink="siem"} 61', 'sink_behind', 'The sink "siem" is 61 s behind'],
  [
    'holdfast_sink_dead_letters{sink="siem"} 3',
    'sink_dead_letters',
    'The sink "siem" refused 3 records',
  ],
  [
    'holdfast_alert_outbox_entries{target="pager"} 1',
    'alerts_waiting',
    '1 messages wait for the alert target "pager"',
  ],
  [
    'holdfast_journal_faults_total{kind="write"} 2',
    'journal_faults',
    'The journal had 2 faults since the pod started',
  ],
] as const) {
  test(`${line} is ${code}`, () => {
    assert.deepEqual(judge(`${line}\n`), [[code, 'warning', `${message}, says holdfast-0`]]);
    assert.ok((line.split('{')[0] ?? '') in METRICS);
  });
}

test('a pod that is not ready says why, without steering the terminal', () => {
  const readiness = '[-]journal failed: \u001b[2Jfull\n[!]sinks needs somebody: siem\n[+]a ok\n';

  assert.deepEqual(judge('', readiness), [
    ['pod_unready', 'failed', 'holdfast-0 says: journal failed: �[2Jfull'],
    ['pod_needs_somebody', 'warning', 'holdfast-0 says: sinks needs somebody: siem'],
  ]);
});

test('a metric without its label is still a finding', () => {
  assert.deepEqual(judge('holdfast_sink_dead_letters 1\n')[0]?.[0], 'sink_dead_letters');
});
