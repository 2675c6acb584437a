/** Writes what memory grows by with followed objects as RESULTS-FOLLOWED.md. */
import type { FollowedResults, FollowedStep } from './followed-bench.ts';
import { formatMachine, formatNumber, formatTable } from './report-format.ts';
import { formatRow, type TargetRow } from './target-row.ts';

const GROWTH_MIB_MAX = 10;
const PER_OBJECTS = 10_000;
const KIB_PER_MIB = 1024;

/** Memory does not depend on what others take of the processors. */
export function planFollowedRows(results: FollowedResults | undefined): readonly TargetRow[] {
  const remedy = '`--followed`, or `--all`';
  const measure = { wanted: GROWTH_MIB_MAX, sign: '<', unit: ' MiB', remedy } as const;
  const common = { ...measure, disturbance: 0 };
  const steps = results?.steps ?? [];
  return [
    {
      ...common,
      what: 'a serving process grows by, for each 10,000 followed objects (RSS)',
      found: growthOf(steps, servingMibOf),
    },
    {
      ...common,
      what: 'the cache alone grows by, for each 10,000 followed objects (heap after a collection)',
      found: growthOf(steps, ({ cache }) => cache.memory.heap),
    },
  ];
}

/** The whole document. */
export function formatFollowedResults(results: FollowedResults): string {
  const { date, machine, steps, kinds } = results;
  const sections = [
    '# What memory grows by with followed objects',
    'Written by `npm run bench -- --followed`; do not edit.',
    `A real kube-apiserver with objects of the kinds below, written one by one, so that they have the managedFields that it gives them. The serving process is \`dist/\` with the default policies, started anew for each row, and read when its lists are in and its memory is at rest. The cache alone is in a process of its own, and read after a collection. Measured on ${date}.`,
    formatMachine(machine),
    formatTable(['target', 'wanted', 'found', ''], planFollowedRows(results).map(formatRow)),
    formatTable(
      [
        'followed objects',
        'entries of the cache',
        'cache: heap MiB',
        'cache: RSS MiB',
        'serving process: RSS MiB',
        'ready after ms',
      ],
      steps.map((step) => [
        formatNumber(step.cache.objects, 0),
        formatNumber(step.cache.entries, 0),
        formatNumber(step.cache.memory.heap, 1),
        formatNumber(step.cache.memory.rss, 0),
        formatNumber(servingMibOf(step), 0),
        formatNumber(step.serving.startUpMs, 0),
      ]),
    ),
    formatTable(
      ['objects of one kind', 'count', 'bytes of heap each', 'MiB for each 10,000'],
      kinds.map(({ title, before, after }) => {
        const count = after.objects - before.objects;
        const mib = after.memory.heap - before.memory.heap;
        return [
          title,
          formatNumber(count, 0),
          formatNumber((mib * KIB_PER_MIB * KIB_PER_MIB) / Math.max(1, count), 0),
          formatNumber((mib * PER_OBJECTS) / Math.max(1, count), 1),
        ];
      }),
    ),
    'Names, owners, marks and the names of field managers are kept of an object, and nothing of its content. What an Application lists is an entry of its own each.',
  ];
  return `${sections.join('\n\n')}\n`;
}

/** From the cluster without objects to the one with the most. */
function growthOf(
  steps: readonly FollowedStep[],
  mibOf: (step: FollowedStep) => number,
): number | undefined {
  const [first, last] = [steps[0], steps.at(-1)];
  if (first === undefined || last === undefined) return undefined;
  const objects = last.cache.objects - first.cache.objects;
  return ((mibOf(last) - mibOf(first)) * PER_OBJECTS) / objects;
}

function servingMibOf({ serving }: FollowedStep): number {
  return serving.rssKib / KIB_PER_MIB;
}
