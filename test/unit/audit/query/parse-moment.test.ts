import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseMoment } from '../../../../src/audit/query/parse-moment.ts';

const NOW = Date.parse('2026-11-20T12:00:00Z');

for (const [text, expected] of [
  ['2026-11-20T08:00:00Z', '2026-11-20T08:00:00.000Z'],
  ['2026-11-20t08:00:00.5z', '2026-11-20T08:00:00.500Z'],
  ['2026-11-20 08:00', '2026-11-20T08:00:00.000Z'],
  ['2026-11-20T08:00+02:00', '2026-11-20T06:00:00.000Z'],
  ['2026-11-20', '2026-11-20T00:00:00.000Z'],
  ['90s', '2026-11-20T11:58:30.000Z'],
  ['15m', '2026-11-20T11:45:00.000Z'],
  ['2h', '2026-11-20T10:00:00.000Z'],
  ['7d', '2026-11-13T12:00:00.000Z'],
  ['2w', '2026-11-06T12:00:00.000Z'],
] as const) {
  test(`"${text}" is a moment`, () => {
    assert.equal(parseMoment(text, NOW), Date.parse(expected));
  });
}

for (const text of [
  '',
  'yesterday',
  '2h ago',
  '-2h',
  '2026-13-40',
  '2026-11-20T25:00Z',
  '11/20/2026',
  '99999999d',
]) {
  test(`"${text}" is no moment`, () => {
    assert.equal(parseMoment(text, NOW), undefined);
  });
}
