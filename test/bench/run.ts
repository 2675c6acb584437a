/**
 * `npm run bench`: measures Holdfast beside the same server without policies and beside OPA's own server, and writes
 * RESULTS.md. `npm run bench -- --micro` prints what each step of one review costs instead.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

import { measureAll, type BenchPlan } from './bench.ts';
import { formatResults } from './report.ts';
import { runMicro } from './micro.ts';

const RESULTS = join(import.meta.dirname, 'RESULTS.md');

const HELP = `npm run bench -- [OPTION]…

  --micro           print the cost of each step of one review, in one process
  --rounds N        rounds of each measurement (3)
  --seconds N       length of a round (5)
  --out FILE        where the report goes (test/bench/RESULTS.md)
  --profile FOLDER  also write a CPU profile of the server under load
  --help            this text
`;

const { values: options } = parseArgs({
  options: {
    micro: { type: 'boolean', default: false },
    rounds: { type: 'string', default: '3' },
    seconds: { type: 'string', default: '5' },
    out: { type: 'string', default: RESULTS },
    profile: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
});

if (options.help) process.stdout.write(HELP);
else await withWorkFolder(options.micro ? runMicro : runBench);

async function runBench(workFolder: string): Promise<void> {
  const plan: BenchPlan = {
    workFolder,
    rounds: readCount('rounds', options.rounds),
    roundMs: readCount('seconds', options.seconds) * 1000,
    profileFolder: options.profile,
    progress: (line) => process.stderr.write(`${line}\n`),
  };
  const report = formatResults(await measureAll(plan));
  await writeFile(options.out, report);
  process.stdout.write(`${report}\nWritten to ${options.out}\n`);
}

async function withWorkFolder(work: (folder: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'holdfast-bench-'));
  try {
    await work(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function readCount(name: string, text: string): number {
  const count = Number(text);
  if (!Number.isFinite(count) || count <= 0) {
    throw new RangeError(`Option --${name} must be a number above 0: found "${text}"`);
  }
  return count;
}
