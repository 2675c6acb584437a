import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { defaultConfiguration } from '../../../src/config/parse-configuration.ts';
import { planMemoryBytes } from '../../../src/config/plan-memory.ts';

const MIB = 1024 * 1024;
const VALUES = join(import.meta.dirname, '../../../deploy/chart/values.yaml');

test('the defaults fit into the container of the chart', () => {
  const [, mebibytes] = /limits:\n +memory: (\d+)Mi/u.exec(readFileSync(VALUES, 'utf8')) ?? [];
  assert.equal(planMemoryBytes(defaultConfiguration('/')) <= Number(mebibytes) * MIB, true);
});

test('planMemoryBytes() counts what bodies and workers may take', () => {
  const { engine, limits } = defaultConfiguration('/');
  const share = 0.7;
  const base = planMemoryBytes({ engine, limits });
  const more = { ...limits, heldBodyBytesMax: limits.heldBodyBytesMax + 70 * MIB };
  assert.equal(planMemoryBytes({ engine, limits: more }) - base, (70 * MIB) / share);
  const workers = planMemoryBytes({ engine: { ...engine, workers: engine.workers + 7 }, limits });
  assert.equal(Math.round((workers - base) / MIB), Math.round((7 * 64) / share));
});
