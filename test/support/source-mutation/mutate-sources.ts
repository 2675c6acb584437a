/** `npm run mutants [-- [--sample N] PATH…]`: the mutants of the security core, or of these files and folders; prints what survives. */
import { mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { runSourceMutants } from './run-source-mutants.ts';
import { sampleMutants } from './sample-mutants.ts';
import { describeMutant, moreTestsOf, readSourceMutants, SECURITY_CORE } from './security-core.ts';

const root = dirname(dirname(dirname(dirname(fileURLToPath(import.meta.url)))));
const { values, positionals: places } = parseArgs({
  options: { sample: { type: 'string' } },
  allowPositionals: true,
});
const scratch = mkdtempSync(join(tmpdir(), 'holdfast-mutants-'));
process.env['NODE_COMPILE_CACHE'] ??= join(root, 'node_modules', '.cache', 'compile');
try {
  const all = readSourceMutants(root, places.length > 0 ? places : SECURITY_CORE);
  const mutants = sampleMutants(all, Number(values.sample ?? all.length));
  process.stdout.write(`${mutants.length} mutants\n`);
  const { killed, survivors } = await runSourceMutants(mutants, {
    root,
    scratch,
    moreTests: moreTestsOf,
    atOnce: availableParallelism(),
  });
  for (const mutant of survivors) process.stdout.write(`${describeMutant(mutant)}\n`);
  process.stdout.write(`${killed} of ${mutants.length} fail a test\n`);
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
