/**
 * Simulated worlds: `node --expose-gc simulation-runs.ts FOLDER STEPS SEED…`, with `faulty-disk.so` preloaded. Prints one line
 * of JSON for each seed. With `FIRST-LAST` in place of a seed, all of them.
 */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { argv } from 'node:process';
import { generateSigningKeyText } from '../../../src/base/json-web-signature.ts';
import { runWorld } from './simulated-world.ts';

const [folder = '', steps = '', ...named] = argv.slice(2);
const headKeyFile = join(folder, 'head-key.jwk');
writeFileSync(headKeyFile, generateSigningKeyText(), { mode: 0o600 });

const seeds = named.flatMap((text) => {
  const [first = 0, last = first] = text.split('-').map(Number);
  return Array.from({ length: last - first + 1 }, (_, index) => first + index);
});
for (const seed of seeds) {
  const world = join(folder, `world-${seed}`);
  mkdirSync(world);
  const result = await runWorld({ seed, folder: world, headKeyFile, steps: Number(steps) });
  process.stdout.write(`${JSON.stringify(result)}\n`);
  for (const made of [world, `${world}-copy`]) rmSync(made, { recursive: true, force: true });
}
