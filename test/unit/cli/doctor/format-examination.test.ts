import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatExamination } from '../../../../src/cli/doctor/format-examination.ts';

test('an examination is a line for each finding, its remedy, and the counts', () => {
  const text = formatExamination([
    { check: 'guard', findings: [{ code: 'guard_present', status: 'ok', message: 'Guarded' }] },
    {
      check: 'rights',
      findings: [{ code: 'rights_missing', status: 'failed', message: 'No', remedy: 'Grant' }],
    },
  ]);

  assert.equal(
    text,
    [
      'ok       guard: Guarded (guard_present)',
      'failed   rights: No (rights_missing)',
      '         Grant',
      '',
      '1 ok, 0 warning, 1 failed, 0 unknown',
    ].join('\n'),
  );
});
