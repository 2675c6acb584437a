import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatTimes } from './format-times.ts';

test('formatTimes() says how long each stage took, and what it waited for', () => {
  const stages = [
    { name: 'types', tookMs: 2345, waits: [] },
    { name: 'unit', tookMs: 61_000, waits: [{ program: 'opa', waitedMs: 12_340 }] },
    {
      name: 'e2e',
      tookMs: 100,
      waits: [
        { program: 'argocd', waitedMs: 3000 },
        { program: 'flux', waitedMs: 4000 },
      ],
    },
  ] as const;

  assert.deepEqual(formatTimes(stages, [{ program: 'opa', tookMs: 60_000 }]), [
    'stage             took   waited for builds',
    'types            2.3 s',
    'unit            61.0 s   12.3 s for opa',
    'e2e              0.1 s   3.0 s for argocd, 4.0 s for flux',
    'all             63.4 s   19.3 s',
    'built beside the stages: opa 60.0 s',
  ]);
});

test('formatTimes() leaves out what was not built', () => {
  assert.deepEqual(formatTimes([], []).length, 2);
});
