import assert from 'node:assert/strict';
import { it } from 'node:test';
import { SeenEvents } from '../../../../src/drift/intake/seen-events.ts';

it('knows the last events, and forgets the oldest first', () => {
  const seen = new SeenEvents(2);
  for (const id of ['a', 'b', 'a', 'c']) seen.add(id);
  assert.deepEqual(
    ['a', 'b', 'c'].map((id) => seen.has(id)),
    [false, true, true],
  );
});
