import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readCursor, writeCursor } from '../../../src/delivery/cursor.ts';
import { MemoryJournal } from '../../support/memory-journal.ts';

test('readCursor() finds what writeCursor() kept, each sink its own', async () => {
  const { state } = new MemoryJournal();
  await writeCursor(state, 'siem', { sequence: 7, hash: 'abc' });
  await writeCursor(state, 'file', { sequence: 3 });

  assert.deepEqual(await readCursor(state, 'siem'), { sequence: 7, hash: 'abc' });
  assert.deepEqual(await readCursor(state, 'file'), { sequence: 3, hash: undefined });
  assert.equal(await readCursor(state, 'none'), undefined);
});

for (const text of [
  '',
  '{',
  'null',
  '7',
  '{}',
  '{"sequence":-1}',
  '{"sequence":"7"}',
  '{"sequence":1.5}',
]) {
  test(`readCursor() takes ${JSON.stringify(text)} for no cursor`, async () => {
    const { state } = new MemoryJournal();
    await state.write('delivery', { 'cursor/siem': text });

    assert.equal(await readCursor(state, 'siem'), undefined);
  });
}
