import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { classifyEvidence } from '../../../../src/compose/doctor/classify-evidence.ts';
import { configurationSchema } from '../../../../src/config/schema.ts';

const JOURNAL = { folder: '/journal' };
const KEPT = configurationSchema.parse({
  audit: { journal: JOURNAL, sinks: [{ type: 'file', name: 'lines', file: '/out.jsonl' }] },
  alerts: { targets: [{ type: 'alertmanager', name: 'am', url: 'https://am.example' }] },
});
const ALONE = configurationSchema.parse({ audit: { journal: JOURNAL } });
const ROOM = KEPT.audit.journal?.journalBytesMax ?? 0;

const codes = (facts: Parameters<typeof classifyEvidence>[0]) =>
  classifyEvidence(facts).map(({ code, status }) => `${code} ${status}`);

describe('classifyEvidence()', () => {
  it('says what is kept, and that there is room for it', () => {
    assert.deepEqual(codes({ ...KEPT, freeBytes: ROOM }), ['journal_has_room ok']);
  });

  it('warns of a disk that is too small, and does not guess about one that is elsewhere', () => {
    assert.deepEqual(codes({ ...KEPT, freeBytes: ROOM - 1 }), ['journal_room_short warning']);
    assert.deepEqual(codes(KEPT), ['journal_elsewhere unknown']);
  });

  it('warns where records go nowhere, nobody is told, or nothing is kept', () => {
    assert.deepEqual(codes({ ...ALONE, freeBytes: ROOM }), [
      'journal_has_room ok',
      'no_sink warning',
      'no_alert_target warning',
    ]);
    assert.deepEqual(codes(configurationSchema.parse({})), ['journal_absent warning']);
  });
});
