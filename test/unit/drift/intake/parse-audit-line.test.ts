import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseAuditLine } from '../../../../src/drift/intake/parse-audit-line.ts';
import { sentAuditEvent } from '../../../support/audit-event-samples.ts';
import { gkeEntry } from '../../../support/gke-entry-sample.ts';

const line = (value: unknown): Uint8Array => Buffer.from(JSON.stringify(value));

describe('parseAuditLine()', () => {
  for (const [format, entry] of [
    ['kubernetes', sentAuditEvent()],
    ['eks', { message: JSON.stringify(sentAuditEvent()) }],
    ['gke', gkeEntry()],
  ] as const) {
    it(`reads a line of the format ${format}, and no other`, () => {
      const { events, malformed } = parseAuditLine(line(entry), format);
      assert.deepEqual([events.length, malformed], [1, 0]);
      assert.deepEqual(parseAuditLine(line({}), format), { events: [], malformed: 1 });
    });
  }

  it('counts a line that is not JSON', () => {
    assert.deepEqual(parseAuditLine(Buffer.from('{"kind":'), 'kubernetes'), {
      events: [],
      malformed: 1,
    });
  });
});
