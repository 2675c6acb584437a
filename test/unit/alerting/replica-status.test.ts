import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatReplicaStatus, parseReplicaStatus } from '../../../src/alerting/replica-status.ts';
import { sampleIncident } from '../../support/alerts/incident-samples.ts';

const group = 'g'.repeat(64);
const ended = new Map([[group, 4]]);

test('parseReplicaStatus() reads what formatReplicaStatus() has written', () => {
  const incidents = [
    sampleIncident({ quietSinceMs: 1 }),
    sampleIncident({ quietSinceMs: 2, expiresAtMs: 5 }),
    sampleIncident({ objects: { 'target/pager': 'open' } }),
  ];
  const text = formatReplicaStatus({ incidents, told: ['a', 'b'], ended, bytesMax: 100_000 });
  const [older, latest] = incidents;
  const report = {
    key: older?.key,
    group,
    rule: 'drift-attempt',
    own: 1,
    objects: older?.objects,
    unlisted: 0,
    last: older?.last,
  };
  assert.deepEqual(parseReplicaStatus(text), {
    version: 1,
    told: ['a', 'b'],
    ended: [[group, 4]],
    reports: [{ ...report, expiresAtMs: latest?.expiresAtMs }, report],
  });
});

test('formatReplicaStatus() keeps to its bytes, the latest incidents first', () => {
  const incidents = Array.from({ length: 50 }, (_, index) =>
    sampleIncident({ quietSinceMs: index, own: index }),
  );
  const text = formatReplicaStatus({ incidents, told: [], ended, bytesMax: 4000 });
  const read = parseReplicaStatus(text);
  assert.ok(text.length <= 4000);
  assert.deepEqual([read?.reports[0]?.own, (read?.reports.length ?? 0) > 2], [49, true]);
});

for (const [name, text] of [
  ['no JSON', '{'],
  ['another version', '{"version":2,"told":[],"ended":[],"reports":[]}'],
  [
    'a flood',
    JSON.stringify({
      version: 1,
      told: Array.from({ length: 1001 }, () => 'a'),
      ended: [],
      reports: [],
    }),
  ],
  ['a report without its parts', '{"version":1,"told":[],"ended":[],"reports":[{}]}'],
] as const) {
  test(`parseReplicaStatus() does not read ${name}`, () => {
    assert.equal(parseReplicaStatus(text), undefined);
  });
}

test('parseReplicaStatus() does not read more objects than a status lists', () => {
  const objects = Object.fromEntries(
    Array.from({ length: 21 }, (_, index) => [`o${index}`, 'open']),
  );
  const report = { objects };
  assert.equal(
    parseReplicaStatus(JSON.stringify({ version: 1, told: [], ended: [], reports: [report] })),
    undefined,
  );
});
