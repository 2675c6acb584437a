import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  planRetention,
  type RetentionInput,
} from '../../../../src/audit/journal/plan-retention.ts';

const sealed = [1, 2, 3].map((number) => ({
  firstSequence: number * 10 - 9,
  lastSequence: number * 10,
  lastTimeMs: number * 1000,
  bytes: 100,
}));

function plan(overrides: Partial<RetentionInput>): readonly string[] {
  const planned = planRetention({
    sealed,
    openBytes: 50,
    nowMs: 3000,
    retentionMs: 10_000,
    journalBytesMax: 1000,
    keepFrom: 1000,
    ...overrides,
  });
  return planned.map(({ segment, reason }) => `${segment.firstSequence} ${reason}`);
}

for (const [what, overrides, expected] of [
  ['nothing that is young, small and delivered', {}, []],
  ['what is old and delivered', { retentionMs: 500 }, ['1 age', '11 age']],
  ['nothing that somebody still needs, however old', { retentionMs: 500, keepFrom: 10 }, []],
  ['what is old up to what somebody needs', { retentionMs: 500, keepFrom: 15 }, ['1 age']],
  ['the oldest beyond the size', { journalBytesMax: 260 }, ['1 size']],
  ['as many as the size asks', { journalBytesMax: 160 }, ['1 size', '11 size']],
  [
    'what somebody needs where there is no room, and says so',
    { journalBytesMax: 160, keepFrom: 12 },
    ['1 size', '11 undelivered'],
  ],
  [
    'every sealed one and never the open one',
    { journalBytesMax: 1 },
    ['1 size', '11 size', '21 size'],
  ],
  ['nothing where there is nothing', { sealed: [], journalBytesMax: 1 }, []],
] as const) {
  test(`planRetention() removes ${what}`, () => {
    assert.deepEqual(plan(overrides), expected);
  });
}
