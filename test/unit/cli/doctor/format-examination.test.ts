import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatExamination } from '../../../../src/cli/doctor/format-examination.ts';

test('an examination is a line for each finding, its remedy, and the counts', () => {
  const results = [
    {
      check: 'guard',
      place: 'here',
      findings: [{ code: 'guard_present', status: 'ok', message: 'Guarded' }],
    },
    {
      check: 'rights',
      place: 'there',
      findings: [{ code: 'rights_missing', status: 'failed', message: 'No', remedy: 'Grant' }],
    },
  ] as const;

  assert.equal(
    formatExamination(results, { showsPlaces: false }),
    [
      'ok       guard: Guarded (guard_present)',
      'failed   rights: No (rights_missing)',
      '         Grant',
      '',
      '1 ok, 0 warning, 1 failed, 0 unknown',
    ].join('\n'),
  );

  assert.deepEqual(formatExamination(results, { showsPlaces: true }).split('\n').slice(0, 5), [
    'ok       guard: Guarded (guard_present)',
    '         at here',
    'failed   rights: No (rights_missing)',
    '         at there',
    '         Grant',
  ]);
});
