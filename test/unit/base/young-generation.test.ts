import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { test } from 'node:test';
import { promisify } from 'node:util';

/** Keeps a part of much garbage alive for a while, as loading modules does, and prints the bytes of the young generation. */
const PROBE = `
  import { getHeapSpaceStatistics } from 'node:v8';
  import { holdYoungGeneration, releaseYoungGeneration } from '${new URL('../../../src/base/young-generation.ts', import.meta.url).href}';
  function churn() {
    const kept = [];
    for (let index = 0; index < 2_000_000; index += 1) {
      kept.push({ index });
      if (kept.length > 100_000) kept.length = 0;
    }
  }
  function youngBytes() {
    return getHeapSpaceStatistics().find(({ space_name: name }) => name === 'new_space').space_size;
  }
  holdYoungGeneration();
  churn();
  const held = youngBytes();
  releaseYoungGeneration();
  churn();
  process.stdout.write(JSON.stringify({ held, released: youngBytes() }));
`;

test('the young generation does not grow while it is held, and grows once it is released', async () => {
  const argv = ['--input-type=module', '--eval', PROBE];
  const { stdout } = await promisify(execFile)(process.execPath, argv);
  const { held, released }: { held: number; released: number } = JSON.parse(stdout);
  assert.ok(held <= 4 * 1024 * 1024, stdout);
  assert.ok(released >= 2 * held, stdout);
});
