import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatReplicaStatus, parseReplicaStatus } from '../../../src/alerting/replica-status.ts';
import { sampleIncident } from '../../support/alerts/incident-samples.ts';

const group = 'g'.repeat(64);
const ends = [{ group, counted: { 'holdfast-0': { own: 4, first: 'D1' } } }];

test('parseReplicaStatus() reads what formatReplicaStatus() has written', () => {
  const incidents = [
    sampleIncident({ quietSinceMs: 1 }),
    sampleIncident({ quietSinceMs: 2, expiresAtMs: 5 }),
    sampleIncident({ objects: { 'target/pager': 'open' } }),
  ];
  const text = formatReplicaStatus({ incidents, told: ['a', 'b'], ends, bytesMax: 100_000 });
  const [older, latest] = incidents;
  const report = {
    key: older?.key,
    group,
    rule: 'drift-attempt',
    own: 1,
    objects: older?.objects,
    unlisted: 0,
    first: older?.first.decisionId,
    last: older?.last,
  };
  assert.deepEqual(parseReplicaStatus(text), {
    version: 1,
    told: ['a', 'b'],
    ends,
    omitted: 0,
    reports: [{ ...report, expiresAtMs: latest?.expiresAtMs }, report],
  });
});

test('formatReplicaStatus() keeps to its bytes, the latest incidents first', () => {
  const incidents = Array.from({ length: 50 }, (_, index) =>
    sampleIncident({ quietSinceMs: index, own: index }),
  );
  const text = formatReplicaStatus({ incidents, told: [], ends, bytesMax: 4000 });
  const read = parseReplicaStatus(text);
  assert.ok(text.length <= 4000);
  assert.equal((read?.omitted ?? 0) + (read?.reports.length ?? 0), 50);
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

test('formatReplicaStatus() leaves out the oldest ends that have no room', () => {
  const many = Array.from({ length: 200 }, (_, index) => ({
    group,
    counted: { 'holdfast-0': { own: index } },
  }));
  const text = formatReplicaStatus({ incidents: [], told: [], ends: many, bytesMax: 24_000 });
  const read = parseReplicaStatus(text);
  assert.deepEqual(read?.ends[0], many.at(-1));
  assert.ok(text.length < 7000);
});

test('parseReplicaStatus() reads a status without ends, and no end that counts a flood of replicas', () => {
  const head = { version: 1, told: [], reports: [] };
  const counted = Object.fromEntries(
    Array.from({ length: 101 }, (_, index) => [`r${index}`, { own: 1 }]),
  );
  assert.deepEqual(parseReplicaStatus(JSON.stringify({ ...head, ended: [[group, 4]] })), {
    ...head,
    ends: [],
    omitted: 0,
  });
  const flood = { ...head, ends: [{ group, counted }] };
  assert.equal(parseReplicaStatus(JSON.stringify(flood)), undefined);
});
