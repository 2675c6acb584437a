import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { test } from 'node:test';
import { promisify } from 'node:util';

const MIB = 1024 * 1024;

/** Keeps a small part of much garbage alive for a while, as loading modules and requests do, and prints the bytes of the young generation. */
const PROBE = `
  import { setImmediate } from 'node:timers/promises';
  import { getHeapSpaceStatistics } from 'node:v8';
  import { holdYoungGeneration, releaseYoungGeneration } from '${new URL('../../../src/base/young-generation.ts', import.meta.url).href}';
  async function churn(turns) {
    const kept = [];
    for (let turn = 0; turn < turns; turn += 1) {
      for (let index = 0; index < 50_000; index += 1) {
        kept.push({ index });
        if (kept.length > 10_000) kept.length = 0;
      }
      await setImmediate();
    }
  }
  function youngBytes() {
    return getHeapSpaceStatistics().find(({ space_name: name }) => name === 'new_space').space_size;
  }
  holdYoungGeneration();
  await churn(60);
  const held = youngBytes();
  releaseYoungGeneration();
  await churn(500);
  process.stdout.write(JSON.stringify({ held, released: youngBytes() }));
`;

test('the young generation does not grow while it is held, and grows once it is released', async () => {
  const argv = ['--input-type=module', '--eval', PROBE];
  const { stdout } = await promisify(execFile)(process.execPath, argv);
  const { held, released }: Readonly<Record<string, number>> = JSON.parse(stdout);
  assert.ok((held ?? 0) <= 4 * MIB, stdout);
  assert.ok((released ?? 0) >= 16 * MIB, stdout);
});
