import assert from 'node:assert/strict';
import { it } from 'node:test';
import { SharedTurn } from '../../../src/drift/shared-turn.ts';
import { settle } from '../../support/simulated-time.ts';

it('SharedTurn takes one turn for all who ask while another runs, and begins it afterwards', async () => {
  const ends: (() => void)[] = [];
  const turn = new SharedTurn(
    () =>
      new Promise((resolve) => {
        ends.push(resolve);
      }),
  );
  const done: string[] = [];
  const ask = (name: string): void => {
    void turn.ask().then(() => done.push(name));
  };
  ask('a');
  await settle();
  ask('b');
  ask('c');
  await settle();
  assert.equal(ends.length, 1);
  ends[0]?.();
  await settle();
  assert.deepEqual([ends.length, done], [2, ['a']]);
  ends[1]?.();
  await settle();
  assert.deepEqual([ends.length, done], [2, ['a', 'b', 'c']]);
});
