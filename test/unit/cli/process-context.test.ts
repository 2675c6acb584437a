import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createProcessContext, wantsColor } from '../../../src/cli/process-context.ts';

for (const [environment, isTerminal, colored] of [
  [{}, true, true],
  [{}, false, false],
  [{}, undefined, false],
  [{ NO_COLOR: '1' }, true, false],
  [{ NO_COLOR: '' }, true, true],
  [{ FORCE_COLOR: '1' }, false, true],
  [{ FORCE_COLOR: '0' }, true, false],
  [{ NO_COLOR: '1', FORCE_COLOR: '1' }, true, false],
  [{ TERM: 'dumb' }, true, false],
] as const) {
  test(`colours are ${colored ? 'on' : 'off'} with ${JSON.stringify(environment)}, terminal ${String(isTerminal)}`, () => {
    assert.equal(wantsColor(environment, isTerminal), colored);
  });
}

test('the process is listened to only from the first question on, and stopped once', () => {
  const before = process.listenerCount('SIGTERM');
  const context = createProcessContext();
  assert.equal(process.listenerCount('SIGTERM'), before);

  const signal = context.stopSignal();
  assert.equal(context.stopSignal(), signal);
  assert.equal(process.listenerCount('SIGTERM'), before + 1);
  process.emit('SIGTERM');
  process.emit('SIGINT');

  assert.equal(signal.aborted, true);
  assert.equal(signal.reason, 'SIGTERM');
  assert.equal(process.listenerCount('SIGTERM'), before);
  assert.equal(context.workingDirectory, process.cwd());
});
