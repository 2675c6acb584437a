import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatEntryJson } from '../../../../src/audit/entry-json.ts';
import { formatLokiPush } from '../../../../src/sinks/loki/format-loki-push.ts';
import { sampleEntry } from '../../../support/journal-entries.ts';

test('formatLokiPush() makes one stream for each kind of decision and replica', () => {
  const denied = sampleEntry(1);
  const allowed = sampleEntry(2, { allowed: true, policies: [] });
  const later = sampleEntry(3);
  const other = sampleEntry(4, { replica: 'holdfast-1' });
  const labels = { job: 'holdfast', cluster: 'prod-eu-1', replica: 'holdfast-0' };

  assert.deepEqual(
    JSON.parse(formatLokiPush([denied, allowed, later, other], { job: 'holdfast' })),
    {
      streams: [
        {
          stream: { ...labels, decision: 'denied' },
          values: [
            ['1767600001000000000', formatEntryJson(denied)],
            ['1767600003000000000', formatEntryJson(later)],
          ],
        },
        {
          stream: { ...labels, decision: 'allowed' },
          values: [['1767600002000000000', formatEntryJson(allowed)]],
        },
        {
          stream: { ...labels, replica: 'holdfast-1', decision: 'denied' },
          values: [['1767600004000000000', formatEntryJson(other)]],
        },
      ],
    },
  );
});

test('formatLokiPush() puts no name that people choose into a label', () => {
  const text = formatLokiPush([sampleEntry(1), sampleEntry(2), sampleEntry(3)], {});

  assert.equal(text.match(/"stream":/gu)?.length, 1);
});
