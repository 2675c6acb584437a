import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { readBaseline } from '../../../../src/authoring/bench/read-baseline.ts';
import { makeTemporaryFolder } from '../../../support/temporary-folder.ts';

const REPORT = {
  format: 1,
  revision: 'a',
  node: 'v24',
  cpuModel: 'A',
  processors: 2,
  rounds: 5,
  disturbance: null,
  isDisturbed: false,
  policies: [],
  unmeasured: [],
};

test('readBaseline() reads what was written, and passes over what a later version adds', async (t) => {
  const text = JSON.stringify({ ...REPORT, comparison: {} });
  const folder = await makeTemporaryFolder(t, { 'baseline.json': text });

  assert.deepEqual(await readBaseline(join(folder, 'baseline.json'), 'baseline.json'), REPORT);
});

test('readBaseline() refuses every other file, with its name and the reason', async (t) => {
  const folder = await makeTemporaryFolder(t, {
    'other.json': JSON.stringify({ ...REPORT, format: 2 }),
    'twice.json': '{"format": 1, "format": 1}',
    'deep.json': '['.repeat(20),
  });
  const reasonOf = async (name: string): Promise<string> => {
    const refused = await readBaseline(join(folder, name), name).catch((fault: unknown) => fault);
    assert.ok(refused instanceof Error && 'code' in refused && refused.code === 'input_invalid');
    return refused.message;
  };

  assert.match(await reasonOf('none.json'), /^The baseline "none.json" cannot be used: /u);
  assert.match(await reasonOf('other.json'), /"other.json" cannot be used: format: /u);
  assert.match(await reasonOf('twice.json'), /cannot be used: .*format/u);
  assert.match(await reasonOf('deep.json'), /cannot be used: .*deep/u);
});
