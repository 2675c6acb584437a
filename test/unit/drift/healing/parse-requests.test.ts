import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseRequests } from '../../../../src/drift/healing/parse-requests.ts';

const NOW_MS = Date.UTC(2026, 0, 5, 8);

function at(offsetMs: number): string {
  return new Date(NOW_MS + offsetMs).toISOString();
}

describe('parseRequests', () => {
  it('keeps what was asked for within ten minutes, and nothing of another time', () => {
    const data = {
      a: at(-599_999),
      b: at(0),
      c: at(-600_000),
      d: at(600_000),
      e: 'soon',
    };
    assert.deepEqual(parseRequests({ data }, NOW_MS), { a: at(-599_999), b: at(0) });
  });

  it('keeps the newest hundred', () => {
    const data = Object.fromEntries(
      Array.from({ length: 101 }, (_, index) => [`id-${index}`, at(-index)]),
    );
    const kept = Object.keys(parseRequests({ data }, NOW_MS));
    assert.deepEqual(
      [kept.length, kept.includes('id-100'), kept.includes('id-0')],
      [100, false, true],
    );
  });

  it('takes what it cannot understand for none', () => {
    for (const body of [undefined, {}, { data: null }, { data: { a: 1 } }, 'text']) {
      assert.deepEqual(parseRequests(body, NOW_MS), {});
    }
  });
});
