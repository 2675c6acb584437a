import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { followTurns } from '../../../src/compose/follow-turns.ts';
import { nextTurn } from '../../../src/base/run-steps.ts';

const HOUR_MS = 3_600_000;

describe('followTurns()', () => {
  it('begins at once, and goes on without a pause where something changed', async () => {
    let turns = 0;
    const counted = (): Promise<void> => {
      turns += 1;
      return Promise.resolve();
    };
    const followed = followTurns({ turn: counted, pauseMs: () => HOUR_MS });
    assert.equal(turns, 1);
    await nextTurn();
    assert.equal(turns, 1);

    followed.hasten();
    while (turns < 2) await nextTurn();
    await followed.close();

    assert.equal(turns, 2);
  });

  it('loses no change that comes during a turn', async () => {
    const running = Promise.withResolvers<void>();
    let turns = 0;
    const followed = followTurns({
      turn: () => {
        turns += 1;
        return turns === 1 ? running.promise : Promise.resolve();
      },
      pauseMs: () => HOUR_MS,
    });

    followed.hasten();
    running.resolve();
    while (turns < 2) await nextTurn();
    await followed.close();

    assert.equal(turns, 2);
  });

  it('waits for the turn that runs when it is closed, and begins no other', async () => {
    const running = Promise.withResolvers<void>();
    let [begun, ended] = [0, 0];
    const followed = followTurns({
      turn: async () => {
        begun += 1;
        await running.promise;
        ended += 1;
      },
      pauseMs: () => 0,
    });

    const closed = followed.close();
    running.resolve();
    await closed;

    assert.deepEqual([begun, ended], [1, 1]);
  });
});
