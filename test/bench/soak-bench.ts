/** A day compressed into minutes: two replicas through everything that happens to an installation, and what their processes hold meanwhile. */
import { startShopCluster } from '../support/cluster/shop-cluster.ts';
import { fitSlope } from '../support/load/fit-slope.ts';
import { startAlertReceiver } from '../support/load/leader.ts';
import { startReplicas } from '../support/load/replicas.ts';
import { REQUESTS_PER_SECOND } from '../support/load/shop-load.ts';
import { soak, SOAK_FIGURES } from '../support/load/soak.ts';
import type { SoakResult, SoakSample } from '../support/load/soak.ts';
import { CONTAINER_BYTES, MIB } from '../support/contained-holdfast.ts';
import { MachineWatch, type WatchedMachine } from './machine.ts';
import { formatMachine, formatNumber, formatTable } from './report-format.ts';

const SAMPLE_MS = 2000;
/** What a process loads and compiles at first is no growth, and V8 lets heaps reach their size before it collects them in earnest. */
const SETTLED_MINUTES_MAX = 2;
/** Of a short day. */
const SETTLED_SHARE = 0.2;

export interface SoakBenchPlan {
  readonly minutes: number;
  /** Declared objects that are made in this time, and stay. */
  readonly objects: number;
  readonly progress: (line: string) => void;
}

/** Runs the day, and writes the report. */
export async function measureSoak({ minutes, objects, progress }: SoakBenchPlan): Promise<string> {
  const machine = await MachineWatch.start();
  const receiver = await startAlertReceiver();
  const shop = await startShopCluster({
    auditLog: true,
    audit: { journal: { folder: 'journal' } },
    alerts: receiver.alerts,
  });
  let result: SoakResult;
  try {
    const replicas = await startReplicas(shop, { memoryBytes: CONTAINER_BYTES });
    const plan = { minutes, objects, sampleMs: SAMPLE_MS, progress };
    result = await soak({ cluster: shop.cluster, replicas }, plan);
  } finally {
    await shop.cluster.stop();
    await receiver.stop();
  }
  return formatReport(await machine.stop(), result, { minutes, objects });
}

function formatReport(
  machine: WatchedMachine,
  result: SoakResult,
  { minutes, objects }: { readonly minutes: number; readonly objects: number },
): string {
  const settledMinutes = Math.min(SETTLED_MINUTES_MAX, minutes * SETTLED_SHARE);
  const { sent, allowed, refused, failed, interrupted, answersPerSecond } = result;
  const unjudged = result.judgements.unjudged.length;
  const cells = [sent, allowed, refused, failed, interrupted, unjudged, result.memoryKills];
  return [
    '# A day of two replicas, in minutes',
    '',
    'Written by `npm run bench -- --soak`; do not edit.',
    '',
    `${formatNumber(minutes, 1)} minutes on a real API server with its controllers: ${formatNumber(objects, 0)} declared objects are made and stay, people and Argo CD write ${String(REQUESTS_PER_SECOND)} times a second where the`,
    `machine can (it did ${formatNumber(answersPerSecond, 0)}), and each write has the answer that it must get: “failed” is any other, “unjudged” one that passed without a decision, “interrupted” what was on its way`,
    `when the API server was killed. Each replica has the ${formatNumber(CONTAINER_BYTES / MIB, 0)} MiB of its container, where control groups can be written. Slopes are those of the straight line that fits the samples of each process best, without its first ${formatNumber(settledMinutes, 1)} minutes; a process begins anew where replicas are rotated.`,
    '',
    formatMachine(machine),
    '',
    formatTable(
      [
        'writes',
        'allowed',
        'refused, as they must',
        'failed',
        'interrupted',
        'unjudged',
        'ended for memory',
      ],
      [cells.map((count) => formatNumber(count, 0))],
    ),
    ...result.failures.map((failure) => `\n    ${failure}`),
    '',
    formatTable(
      ['event', 'times'],
      Object.entries(result.events).map(([name, times]) => [name, String(times)]),
    ),
    '',
    formatTable(
      ['figure', 'replica', 'first', 'last', 'most', 'slope a minute'],
      Object.keys(SOAK_FIGURES).flatMap((figure) => rowsOf(figure, result.samples, settledMinutes)),
    ),
    '',
  ].join('\n');
}

function rowsOf(
  figure: string,
  samples: readonly SoakSample[],
  settledMinutes: number,
): readonly (readonly string[])[] {
  const names = [...new Set(samples.map(({ replica }) => replica))];
  return names.map((name) => {
    const own = samples.filter(({ replica }) => replica === name);
    const values = own.map(({ figures }) => figures[figure] ?? 0);
    const settled = own.filter(({ processMinutes }) => processMinutes >= settledMinutes);
    const slope = fitSlope(
      settled.map(({ processMinutes, figures }) => [processMinutes, figures[figure] ?? 0]),
    );
    const cells = [values[0] ?? 0, values.at(-1) ?? 0, Math.max(0, ...values)];
    return [
      figure,
      name,
      ...cells.map((value) => formatNumber(value, 0)),
      slope === undefined ? 'too few samples' : formatNumber(slope, 1),
    ];
  });
}
