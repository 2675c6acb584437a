import assert from 'node:assert/strict';
import { test } from 'node:test';
import { monotonicMs } from '../../../src/base/clock.ts';
import { showProgress } from '../../../src/cli/show-progress.ts';
import { recordContext } from '../../support/command-context.ts';

function start(showsProgress: boolean) {
  const time = { ms: 0 };
  const world = recordContext({ showsProgress });
  return { time, world, clock: { monotonicMs: () => monotonicMs(time.ms) } };
}

test('work that tells how much is done is shown from the first second on, and every five', async () => {
  const { time, world, clock } = start(true);
  const done = await showProgress(
    world.context,
    { doing: 'reading', counted: ['entry', 'entries'], clock },
    async (tell) => {
      for (const [ms, count] of [
        [0, 1],
        [999, 2],
        [1000, 1234],
        [5999, 9],
        [6000, 10],
      ] as const) {
        time.ms = ms;
        tell(count);
      }
      return await Promise.resolve('done');
    },
  );

  assert.equal(done, 'done');
  assert.equal(world.reported(), 'reading: 1,234 entries, 1 s\nreading: 10 entries, 6 s');
});

test('work that tells nothing is shown by its time', async (t) => {
  t.mock.timers.enable({ apis: ['setInterval'] });
  const { time, world, clock } = start(true);
  await showProgress(world.context, { doing: 'asking', clock }, async (tell) => {
    time.ms = 2500;
    t.mock.timers.tick(250);
    time.ms = 8000;
    tell(3);
    await Promise.resolve();
  });
  t.mock.timers.tick(60_000);

  assert.equal(world.reported(), 'asking: 2 s\nasking: 8 s');
});

test('nothing is shown where nobody watches, and a failure ends it', async () => {
  const { time, world, clock } = start(false);
  await showProgress(world.context, { doing: 'asking', clock }, (tell) => {
    time.ms = 9000;
    tell(1);
    return Promise.resolve();
  });
  const watched = start(true);
  await assert.rejects(
    showProgress(watched.world.context, { doing: 'asking' }, () => Promise.reject(new Error('x'))),
    /^Error: x$/u,
  );

  assert.deepEqual([world.reported(), watched.world.reported()], ['', '']);
});
