import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatBoard } from '../../../src/alerting/format-board.ts';
import { parseBoard } from '../../../src/alerting/parse-board.ts';
import { sampleIncident } from '../../support/alerts/incident-samples.ts';

const group = 'g'.repeat(64);
const ended = new Map([[group, 4]]);

test('a board is read as it was written', () => {
  const incidents = [
    sampleIncident({ quietSinceMs: 1 }),
    sampleIncident({ quietSinceMs: 2, expiresAtMs: 5 }),
    sampleIncident({ objects: { 'target/pager': 'open' } }),
  ];
  const text = formatBoard({ incidents, told: ['a', 'b'], ended, bytesMax: 100_000 });
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
  assert.deepEqual(parseBoard(text), {
    version: 1,
    told: ['a', 'b'],
    ended: [[group, 4]],
    reports: [{ ...report, expiresAtMs: latest?.expiresAtMs }, report],
  });
});

test('a board has room for so many bytes, the latest first', () => {
  const incidents = Array.from({ length: 50 }, (_, index) =>
    sampleIncident({ quietSinceMs: index, own: index }),
  );
  const text = formatBoard({ incidents, told: [], ended, bytesMax: 4000 });
  const read = parseBoard(text);
  assert.ok(text.length <= 4000);
  assert.deepEqual([read?.reports[0]?.own, (read?.reports.length ?? 0) > 2], [49, true]);
});
