import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { isolatedThreads } from '../../support/thread-priorities.ts';

const MODULE = new URL('../../../src/base/thread-priority.ts', import.meta.url).href;

const SUPPORT = new URL('../../support/thread-priorities.ts', import.meta.url).href;

const HELPER = `
  import { parentPort } from 'node:worker_threads';
  import { lowerOwnPriority } from '${MODULE}';
  lowerOwnPriority();
  parentPort.on('message', () => {});
  parentPort.postMessage('lowered');
`;

/** Lowers a worker once and V8's threads twice; prints the priorities before and after the latter. */
const PROBE = `
  import { once } from 'node:events';
  import { getPriority } from 'node:os';
  import { Worker } from 'node:worker_threads';
  import { lowerV8Threads } from '${MODULE}';
  import { readThreadPriorities } from '${SUPPORT}';
  const helper = new Worker(${JSON.stringify(HELPER)}, { eval: true, name: 'helper' });
  await once(helper, 'message');
  const before = readThreadPriorities(process.pid);
  lowerV8Threads();
  lowerV8Threads();
  const after = readThreadPriorities(process.pid);
  await helper.terminate();
  process.stdout.write(JSON.stringify({ own: getPriority(), before, after }));
`;

interface Found {
  readonly own: number;
  readonly before: Readonly<Record<string, readonly number[]>>;
  readonly after: Readonly<Record<string, readonly number[]>>;
}

test(
  'what helps admission has a lower priority than its thread, however often it is asked for, and nothing else has',
  isolatedThreads,
  async () => {
    const argv = ['--input-type=module', '--eval', PROBE];
    const { stdout } = await promisify(execFile)(process.execPath, argv);
    const { own, before, after }: Found = JSON.parse(stdout);

    // A process that is nice already cannot go further than the lowest priority.
    const lower = Math.min(19, own + 10);
    const { V8Worker: unchanged = [], helper, ...others } = before;
    assert.deepEqual(new Set(unchanged), new Set([own]));
    assert.deepEqual(helper, [lower]);
    assert.deepEqual(new Set(Object.values(others).flat()), new Set([own]));
    assert.deepEqual(after, { ...before, V8Worker: unchanged.map(() => lower) });
  },
);
