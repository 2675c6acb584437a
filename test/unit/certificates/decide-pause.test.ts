import assert from 'node:assert/strict';
import { it } from 'node:test';
import { decidePauseMs } from '../../../src/certificates/decide-pause.ts';
import type { PauseFacts } from '../../../src/certificates/decide-pause.ts';

const QUIET: PauseFacts = {
  trust: { status: 'trusted', untilMs: 0 },
  problem: undefined,
  isWatched: true,
  turnMs: 1000,
};

const CASES: readonly (readonly [string, Partial<PauseFacts>, number])[] = [
  ['a fifth of the turns where all is in order', {}, 5000],
  ['every turn where nobody tells of a change', { isWatched: false }, 1000],
  ['every turn before anything is registered', { trust: { status: 'unregistered' } }, 1000],
  ['every turn while something is in the way', { problem: 'no lease' }, 1000],
  ['no longer than a third of the lease', { turnMs: 3000 }, 5000],
  ['no sooner than is configured', { turnMs: 60_000 }, 60_000],
];

for (const [what, facts, pauseMs] of CASES) {
  it(`decidePauseMs() allows ${what}`, () => {
    assert.equal(decidePauseMs({ ...QUIET, ...facts }), pauseMs);
  });
}
