import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatSyslog, formatSyslogFrames } from '../../../../src/sinks/syslog/format-syslog.ts';
import type { SyslogFormat } from '../../../../src/sinks/syslog/format-syslog.ts';
import {
  sampleEntries,
  sampleEntry,
  sampleRecord,
  UNENFORCED,
} from '../../../support/journal-entries.ts';
import { readFrames } from '../../../support/sinks/syslog-receiver.ts';

const FORMAT: SyslogFormat = {
  facility: 13,
  structuredDataId: 'holdfast@32473',
  bytesMax: 8192,
};

test('formatSyslog() writes a denial as a warning of the audit facility', () => {
  const entry = sampleEntry(1);

  assert.equal(
    formatSyslog(entry, FORMAT),
    `<108>1 2026-01-05T08:00:01.000Z holdfast-0 holdfast - denied [holdfast@32473 sequence="1" hash="${entry.hash}" decision="denied" id="01JD3V9K2M8Q4W6X0Y2Z000001" cluster="prod-eu-1" code="managed_object_changed" operation="UPDATE" resource="deployments.apps" object="shop/checkout-1" user="alice"] \ufeff${JSON.stringify(entry.record)}`,
  );
});

test('formatSyslog() has a priority for every kind of decision', () => {
  const unavailable = { policy: 'p', mode: 'warn', status: 'unavailable', codes: [] } as const;
  const warned = { ...unavailable, status: 'warned' } as const;
  for (const [overrides, priority] of [
    [{ allowed: true, policies: [unavailable] }, 107],
    [{ allowed: true, policies: [warned] }, 109],
    [{ allowed: true, policies: [] }, 110],
  ] as const) {
    assert.ok(formatSyslog(sampleEntry(1, overrides), FORMAT).startsWith(`<${priority}>1 `));
  }
});

test('formatSyslog() lets no name end a value or the structured data', () => {
  const { object } = sampleRecord(1);
  const message = formatSyslog(
    sampleEntry(1, {
      replica: 'a b\né',
      user: { username: 'eve"] [x@1 y="\\\n', groups: [], extra: {} },
      object: { ...object, group: '', namespace: '', name: 'n]' },
    }),
    FORMAT,
  );

  assert.ok(message.includes(' a_b__ holdfast - denied [holdfast@32473 '), message);
  assert.ok(
    message.includes(
      'resource="deployments" object="n\\]" user="eve\\"\\] [x@1 y=\\"\\\\ "] \ufeff',
    ),
  );
});

test('formatSyslog() has a host where the replica has no name', () => {
  assert.match(formatSyslog(sampleEntry(1, { replica: '' }), FORMAT), /^<108>1 \S+ - holdfast /u);
});

test('formatSyslog() leaves out what the caller brought along where the record is too large', () => {
  const groups = Array.from({ length: 1000 }, (_, index) => `group-${index}`);
  const message = formatSyslog(
    sampleEntry(1, { user: { username: 'alice', groups, extra: {} } }),
    FORMAT,
  );

  assert.ok(message.includes(' user="alice" truncated="true"] \ufeff'));
  const record: unknown = JSON.parse(message.slice(message.indexOf('\ufeff') + 1));
  assert.partialDeepStrictEqual(record, {
    user: { username: 'alice' },
    code: 'managed_object_changed',
  });
});

test('formatSyslog() is never longer than it may be, and holds whole characters', () => {
  const long = 'ä€😀'.repeat(10_000);
  const entry = sampleEntry(1, {
    message: long,
    replica: 'r'.repeat(400),
    cluster: 'c'.repeat(63),
    user: { username: '"'.repeat(5000), groups: [], extra: {} },
    code: 'x'.repeat(500),
  });
  for (const bytesMax of [2048, 2049, 2050, 2051, 8192]) {
    const message = formatSyslog(entry, { ...FORMAT, bytesMax });
    const bytes = Buffer.byteLength(message);

    assert.ok(bytes <= bytesMax && bytes > bytesMax - 4, `${bytes} of ${bytesMax}`);
    assert.ok(!message.includes('\ufffd'));
    assert.ok(message.includes('truncated="true"'));
  }
});

test('formatSyslogFrames() puts the length in bytes before each message', () => {
  const entries = [sampleEntry(1, { message: 'größer\nals' }), ...sampleEntries(2, 3)];

  const { frames, remainder } = readFrames(formatSyslogFrames(entries, FORMAT));

  assert.deepEqual(
    frames,
    entries.map((entry) => formatSyslog(entry, FORMAT)),
  );
  assert.equal(remainder.length, 0);
});

test('formatSyslog() has the code of a denial that only the mode of its policy prevented', () => {
  const message = formatSyslog(sampleEntry(1, UNENFORCED), FORMAT);

  assert.ok(message.startsWith('<109>1 '));
  assert.match(message, / - audited \[.* decision="audited" .* code="managed_object_changed" /u);
});
