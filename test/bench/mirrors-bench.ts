/**
 * The memory of a process that mirrors a thousand repositories: git, the repositories and the mirrors are real, the way to them is
 * file://. Each repository is a copy of one folder, so that making them costs little; to the mirrors they are a thousand.
 */
import { execFileSync } from 'node:child_process';
import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import { makeTestRepository } from '../support/git/test-repository.ts';
import { MachineWatch, type WatchedMachine } from './machine.ts';
import type { ProcessMemory } from './memory-use.ts';
import { IDLE_MS, mirrorsReportSchema, type MirrorsReport } from './mirrors-order.ts';
import { percentile, spread } from './percentile.ts';
import { formatMachine, formatNumber, formatTable } from './report-format.ts';
import { runProcess } from './run-process.ts';

const PROCESS = join(import.meta.dirname, 'mirrors-process.ts');
const REPOSITORIES = 1000;
/** The first fifty load what all mirrors need. */
const MEASURED_AT = [50, 250, 500, 750, REPOSITORIES];
const COMMITS = 20;
/** One takes about 110 ms of processor time, so that two cores need a minute if nothing else runs. */
const READING_MS_MAX = 300_000;
const BYTES_PER_KIB = 1024;
const KIB_PER_MIB = 1024;

/** Mirrors as many as the time allows, and returns the report. */
export async function measureMirrors({
  workFolder,
}: {
  readonly workFolder: string;
}): Promise<string> {
  const { urls, objectId } = await makeRepositories(workFolder);
  const watch = await MachineWatch.start();
  const answer = await runProcess(PROCESS, {
    urls,
    objectId,
    settings: { fileFolders: [workFolder] },
    folder: join(workFolder, 'mirrors'),
    measuredAt: MEASURED_AT,
    durationMsMax: READING_MS_MAX,
  });
  return formatMirrors(mirrorsReportSchema.parse(answer), await watch.stop());
}

async function makeRepositories(
  workFolder: string,
): Promise<{ readonly urls: readonly string[]; readonly objectId: string }> {
  const working = join(workFolder, 'working');
  const model = join(workFolder, 'model');
  const { commit } = await makeTestRepository(working);
  let objectId = '';
  for (let index = 1; index < COMMITS; index += 1) {
    objectId = await commit(`Release ${String(index)}`);
  }
  execFileSync('git', ['clone', '--quiet', '--bare', '--template=', working, model]);
  execFileSync('git', ['-C', model, 'config', 'uploadpack.allowFilter', 'true']);
  const urls: string[] = [];
  for (let index = 0; index < REPOSITORIES; index += 1) {
    const folder = join(workFolder, 'repositories', `${String(index)}.git`);
    await cp(model, folder, { recursive: true });
    urls.push(`file://${folder}`);
  }
  return { urls, objectId };
}

function formatMirrors(report: MirrorsReport, machine: WatchedMachine): string {
  const { durationsMs, totalMs, concurrentReads, diskBytes, reopenMs } = report;
  const sorted = durationsMs.toSorted((a, b) => a - b);
  const isCut = durationsMs.length < REPOSITORIES;
  return [
    '# The memory of a thousand mirrors',
    '',
    `${formatNumber(REPOSITORIES, 0)} repositories of ${String(COMMITS)} commits, copies of one folder, each read at its newest commit over file://, ${String(concurrentReads)} at a time (the default of one host), with`,
    'the default limits. Memory is that of the process that asks git, after a collection of garbage; the processes of git come and go, and are not in it.',
    'Written by `npm run bench -- --mirrors`.',
    '',
    ...(isCut
      ? [
          `**Cut off after ${formatNumber(READING_MS_MAX / 1000, 0)} s, with ${formatNumber(durationsMs.length, 0)} mirrors.**`,
          '',
        ]
      : []),
    formatTable(
      [
        'mirrors',
        'RSS, MiB',
        'heap in use, MiB',
        'pages of the heap, MiB',
        'highest RSS so far, MiB',
      ],
      [
        ...report.memory.map(({ mirrors, memory }) => [
          formatNumber(mirrors, 0),
          ...cellsOf(memory),
        ]),
        [
          `the same, after ${formatNumber(IDLE_MS / 1000, 0)} s without work`,
          ...cellsOf(report.idleMemory),
        ],
      ],
    ),
    '',
    `A mirror adds ${formatNumber(growthKib(report), 1)} KiB to the heap (median of the steps from row to row). On disk it takes ${formatNumber(diskBytes / durationsMs.length / BYTES_PER_KIB, 0)} KiB here. To make one: p50 ${formatNumber(percentile(sorted, 50), 0)} ms, p99 ${formatNumber(percentile(sorted, 99), 0)} ms;`,
    `all of them: ${formatNumber(totalMs / 1000, 0)} s. To open the folder of all of them again, as after a restart: ${formatNumber(reopenMs, 0)} ms.`,
    '',
    'RSS grows with the processes that are started, about ten for a new mirror, and not with the mirrors: the young generation of the heap of V8 grows',
    'with their garbage. V8 gives back free pages at times of its own choice, and RSS falls with them, at once or later.',
    '',
    'One new commit for a thousand applications is fetched once: [RESULTS-COMMITS.md](RESULTS-COMMITS.md).',
    '',
    formatMachine(machine),
    '',
  ].join('\n');
}

function cellsOf({ rss, heap, heapPages, peakRss }: ProcessMemory): readonly string[] {
  return [
    formatNumber(rss, 1),
    formatNumber(heap, 2),
    formatNumber(heapPages, 1),
    formatNumber(peakRss, 1),
  ];
}

/** Of the steps from row to row the median: V8 drops compiled code that has not run for a while, which is no mirror's. */
function growthKib({ memory }: MirrorsReport): number {
  const steps = memory.slice(1).map((after, index) => {
    const before = memory[index] ?? after;
    const mirrors = Math.max(1, after.mirrors - before.mirrors);
    return ((after.memory.heap - before.memory.heap) * KIB_PER_MIB) / mirrors;
  });
  return spread(steps).median;
}
