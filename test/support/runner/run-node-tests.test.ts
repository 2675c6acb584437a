/** The runner on files that pass, fail, skip, break and hang. */
import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { waitUntil } from '../wait-until.ts';
import { runNodeTests } from './run-node-tests.ts';
import type { NodeTestOptions } from './run-node-tests.ts';
import type { StageResult } from './tally.ts';

const root = mkdtempSync(join(tmpdir(), 'holdfast-runner-'));
after(() => {
  rmSync(root, { recursive: true, force: true });
});

// Inside a test file node:test runs no files; this one is about running them.
delete process.env['NODE_TEST_CONTEXT'];

const HEAD = "import { describe, test } from 'node:test';\n";

async function runSample(
  name: string,
  text: string,
  options: Partial<NodeTestOptions> = {},
): Promise<{ readonly result: StageResult; readonly printed: string }> {
  const file = join(root, name);
  writeFileSync(file, `${HEAD}${text}`);
  const lines: string[] = [];
  const result = await runNodeTests([[file]], {
    root,
    concurrency: 1,
    fileDeadlineMs: 60_000,
    print: (line) => lines.push(line),
    ...options,
  });
  return { result, printed: lines.join('\n') };
}

test('runNodeTests() counts tests, not suites', async () => {
  const { result, printed } = await runSample(
    'pass.test.ts',
    "test('a', () => {}); describe('s', () => { test('b', () => {}); });",
  );

  assert.deepEqual(result, { passed: 2, failures: [], skips: [] });
  assert.equal(printed, '');
});

test('runNodeTests() shows a failing test whole, with its cause and what its file printed', async () => {
  const { result, printed } = await runSample(
    'fail.test.ts',
    "console.log('clue'); describe('s', () => { test('b', () => { throw new Error('outer', { cause: new Error('inner') }); }); });",
  );

  assert.deepEqual(result, { passed: 0, failures: ['fail.test.ts: b'], skips: [] });
  assert.match(printed, /FAILED fail\.test\.ts: b\nError: outer\n[\s\S]*\[cause\]: Error: inner/);
  assert.match(printed, /--- printed by fail\.test\.ts\nclue$/);
});

test('runNodeTests() names the file that fails, not the module that declares its tests', async () => {
  writeFileSync(
    join(root, 'declare.ts'),
    `${HEAD}export const declare = () => test('b', () => { console.log('clue'); throw new Error('inner'); });`,
  );
  const { result, printed } = await runSample(
    'declared.test.ts',
    "import { declare } from './declare.ts'; declare();",
  );

  assert.deepEqual(result.failures, ['declared.test.ts: b']);
  assert.match(printed, /--- printed by declared\.test\.ts\nclue$/);
});

test('runNodeTests() names what is skipped, and takes an unfinished test for a failure', async () => {
  const { result } = await runSample(
    'skip.test.ts',
    "test('a', { skip: 'no disk' }, () => {}); test('b', { skip: true }, () => {}); test('c', { todo: true }, () => {});",
  );

  assert.deepEqual(result, {
    passed: 0,
    failures: ['skip.test.ts: c is marked todo'],
    skips: [
      { name: 'skip.test.ts: a', reason: 'no disk' },
      { name: 'skip.test.ts: b', reason: 'no reason' },
    ],
  });
});

test('runNodeTests() fails a file that breaks, one without tests and one that hangs', async () => {
  const broken = await runSample('broken.test.ts', "throw new Error('broken on load');");
  const empty = await runSample('empty.test.ts', '');
  const hanging = await runSample(
    'hang.test.ts',
    "test('a', async () => { await new Promise((resolve) => { setTimeout(resolve, 600_000); }); });",
    { fileDeadlineMs: 2000 },
  );

  assert.deepEqual(broken.result.failures, ['broken.test.ts']);
  assert.match(broken.printed, /broken on load/);
  assert.deepEqual(empty.result.failures, ['empty.test.ts declares no test']);
  assert.deepEqual(hanging.result.failures, ['hang.test.ts']);
  assert.match(hanging.printed, /The tests must end within 2000 ms: they hang/);
});

test('runNodeTests() runs a group in one process, and names the file in it that runs nothing', async () => {
  const text = `${HEAD}test('runs in ' + process.pid, { skip: String(process.pid) }, () => {});`;
  const [first, second, empty] = ['first', 'second', 'nothing'].map((name) =>
    join(root, `${name}.test.ts`),
  );
  assert.ok(first !== undefined && second !== undefined && empty !== undefined);
  writeFileSync(first, text);
  writeFileSync(second, text);
  writeFileSync(empty, HEAD);
  const options = { root, concurrency: 2, fileDeadlineMs: 60_000, print: () => undefined };

  const { failures, skips } = await runNodeTests([[first, empty, second]], options);

  assert.deepEqual(failures, ['nothing.test.ts did not run']);
  assert.equal(skips.length, 2);
  assert.equal(new Set(skips.map(({ reason }) => reason)).size, 1);
});

test('runNodeTests() names files that are slow', async () => {
  const { printed } = await runSample('slow.test.ts', "test('a', () => {});", { slowMs: 0 });

  assert.match(printed, /^slow\.test\.ts took \d+\.\d s$/u);
});

test('runNodeTests() ends the file that runs when it is told to, and begins no other', async () => {
  const stop = new AbortController();
  const begun = join(root, 'begun');
  const text = `import { writeFileSync } from 'node:fs'; test('a', async () => {
    writeFileSync(${JSON.stringify(begun)}, '');
    await new Promise((resolve) => { setTimeout(resolve, 600_000); });
  });`;
  const running = runSample('long.test.ts', text, { signal: stop.signal });
  await waitUntil(() => existsSync(begun));

  stop.abort();

  assert.deepEqual((await running).result.failures, ['long.test.ts']);
  const second = await runSample('late.test.ts', "test('a', () => {});", { signal: stop.signal });
  assert.deepEqual(second.result, { passed: 0, failures: [], skips: [] });
});

test('runNodeTests() of nothing finds nothing', async () => {
  const options = { root, concurrency: 1, fileDeadlineMs: 1000, print: () => undefined };

  assert.deepEqual(await runNodeTests([], options), { passed: 0, failures: [], skips: [] });
});
