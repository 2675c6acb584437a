import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MemoryJournal } from '../memory-journal.ts';
import { StateMirror } from './state-mirror.ts';

function stage() {
  const journal = new MemoryJournal();
  const mirror = new StateMirror();
  const written: string[] = [];
  const state = mirror.observe(journal.state, (space) => written.push(space));
  const found = (value: string) => new Map([['a', new Map([['x', value]])]]);
  return { journal, mirror, state, written, found };
}

test('what was written last must be there', async () => {
  const { mirror, state, written, found } = stage();
  await state.write('a', { x: '1' });
  await state.write('a', { x: '2' });

  assert.deepEqual(mirror.compare(found('1')), ['a x is 1, and was written as 2']);
  assert.deepEqual(mirror.compare(found('1')), []);
  assert.deepEqual(mirror.compare(new Map()), ['a x is undefined, and was written as 1']);
  assert.deepEqual(written, ['a', 'a']);
});

test('what was being written may be there or not, also where the write has failed', async () => {
  const { journal, mirror, state, found } = stage();
  await state.write('a', { x: '1' });
  journal.writeFault = new Error('disk full');
  await assert.rejects(state.write('a', { x: '2' }));

  assert.equal(mirror.valueOf('a', 'x'), '1');
  assert.deepEqual(mirror.compare(found('2')), []);
  assert.deepEqual(mirror.keysOf('a'), ['x']);
});

test('what a failed write has left is found once, and may be gone when the next process looks', async () => {
  const { journal, mirror, state, found } = stage();
  await state.write('a', { x: '1' });
  journal.writeFault = new Error('disk full');
  await assert.rejects(state.write('a', { x: '2' }));

  assert.deepEqual(mirror.compare(found('2')), []);
  assert.deepEqual(mirror.compare(found('1')), []);
  assert.deepEqual(mirror.compare(found('3')), ['a x is 3, and was written as 1 or 2']);
});

test('a process may rely on what it has written, and on what it has found, and not on what has failed', async () => {
  const { journal, mirror, state, found } = stage();
  await state.write('a', { x: '1', y: '2' });
  await state.write('a', { y: undefined });
  journal.writeFault = new Error('disk full');
  await assert.rejects(state.write('a', { x: '3', z: '3' }));
  assert.deepEqual([mirror.keptIn('a'), mirror.keptIn('b')], [['1'], []]);

  mirror.compare(found('3'));
  assert.deepEqual(mirror.keptIn('a'), ['3']);
});
