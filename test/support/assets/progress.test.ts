import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { withProgress } from './progress.ts';

function record(isTTY: boolean) {
  const written: string[] = [];
  return { isTTY, written, write: (text: string) => written.push(text) };
}

describe('withProgress()', () => {
  it('rewrites one line on a terminal', async (test) => {
    test.mock.timers.enable({ apis: ['setInterval'] });
    const output = record(true);
    const { promise, resolve } = Promise.withResolvers<string>();
    const pending = withProgress('building', () => promise, output);
    test.mock.timers.tick(2000);
    resolve('built');
    assert.equal(await pending, 'built');
    assert.deepEqual(output.written, [
      '\r  building: 0 s',
      '\r  building: 0 s',
      '\r  building: done in 0 s\n',
    ]);
  });

  it('writes plain lines, and fewer of them, elsewhere', async (test) => {
    test.mock.timers.enable({ apis: ['setInterval'] });
    const output = record(false);
    const { promise, resolve } = Promise.withResolvers<undefined>();
    const pending = withProgress('building', () => promise, output);
    test.mock.timers.tick(10_000);
    resolve(undefined);
    await pending;
    assert.deepEqual(output.written, ['  building: 0 s so far\n', '  building: done in 0 s\n']);
  });

  it('says nothing of success when the work fails', async () => {
    const output = record(false);
    const work = withProgress('building', () => Promise.reject(new Error('no')), output);
    await assert.rejects(work, { message: 'no' });
    assert.deepEqual(output.written, []);
  });
});
