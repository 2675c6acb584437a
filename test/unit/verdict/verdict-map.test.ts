import assert from 'node:assert/strict';
import { it } from 'node:test';
import { VerdictMap } from '../../../src/verdict/verdict-map.ts';

function verdict(value: number) {
  return { verdict: value, judgedAtMs: 0 };
}

it('the verdict that was read longest ago goes first', () => {
  const verdicts = new VerdictMap<number>(2);
  verdicts.set('a', verdict(1));
  verdicts.set('b', verdict(2));
  assert.deepEqual(verdicts.get('a'), verdict(1));
  verdicts.set('c', verdict(3));

  assert.deepEqual(
    ['a', 'b', 'c'].map((key) => verdicts.get(key)?.verdict),
    [1, undefined, 3],
  );
  assert.equal(verdicts.size, 2);
});

it('a verdict that was deleted is gone', () => {
  const verdicts = new VerdictMap<number>(2);
  verdicts.set('a', verdict(1));
  verdicts.delete('a');

  assert.equal(verdicts.get('a'), undefined);
  assert.equal(verdicts.size, 0);
});
