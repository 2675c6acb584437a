/**
 * What one actor's refusals add to the journal within an hour: recorded one by one, and folded with the default limits. The
 * hour is simulated; the journal, its threads and its files are real.
 */
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { AuditRecord } from '../../src/audit/audit-record.ts';
import type { FoldBookLimits } from '../../src/audit/folding/fold-book.ts';
import { RefusalFolder } from '../../src/audit/folding/refusal-folder.ts';
import { openJournal } from '../../src/audit/journal/open-journal.ts';
import type { Journal } from '../../src/audit/journal.ts';
import { monotonicMs, systemClock, type Clock } from '../../src/base/clock.ts';
import { configurationSchema } from '../../src/config/schema.ts';
import { createLogger } from '../../src/telemetry/pino-logger.ts';
import { createMetrics } from '../../src/telemetry/prometheus-metrics.ts';
import { journalOptions, sampleRecord } from '../support/journal-samples.ts';
import { describeMachine } from './machine.ts';
import { formatNumber, formatTable } from './report-format.ts';

const REFUSALS = 100_000;
const HOUR_MS = 60 * 60 * 1000;
/** Refusals under way at a time: 32 connections of the API server. */
const UNDER_WAY = 32;
const NEVER_MS = HOUR_MS * 24;

type Refuse = (number: number) => AuditRecord;

const FLOODS: readonly (readonly [string, Refuse])[] = [
  ['the same request', (number) => sampleRecord(number)],
  [
    'each of another object',
    (number) => {
      const { object } = sampleRecord();
      return sampleRecord(number, { object: { ...object, name: `checkout-${String(number)}` } });
    },
  ],
];

interface Figures {
  readonly entries: number;
  readonly bytes: number;
  readonly seconds: number;
}

/** Runs both floods with and without folds, and writes the report. */
export async function measureFolding({
  workFolder,
  progress,
}: {
  readonly workFolder: string;
  readonly progress: (line: string) => void;
}): Promise<string> {
  const machine = describeMachine();
  const rows: string[][] = [];
  for (const [index, [title, refuse]] of FLOODS.entries()) {
    const whole = await flood(join(workFolder, `whole-${index}`), refuse, 'whole');
    const folded = await flood(join(workFolder, `folded-${index}`), refuse, 'folded');
    progress(`${title}: ${whole.bytes} bytes, folded ${folded.bytes}`);
    rows.push([title, 'one by one', ...cellsOf(whole)], ['', 'folded', ...cellsOf(folded)]);
  }
  return [
    '# What repeated refusals add to the journal',
    '',
    `${formatNumber(REFUSALS, 0)} refusals of one actor, spread over an hour of simulated time, ${String(UNDER_WAY)} at a time, each durable before it counts as`,
    'answered. Default limits. Written by `npm run bench -- --folding`.',
    '',
    formatTable(
      ['refusals', 'recorded', 'entries', 'bytes on disk', 'bytes for each', 'refusals/s'],
      rows,
    ),
    '',
    'Bytes are of the closed journal, indexes included.',
    '',
    `${machine.cpuModel}, ${String(machine.cores)} cores, ${formatNumber(machine.memoryMib, 0)} MiB, ${machine.kernel}, Node ${machine.node}; ` +
      `load average before the run ${formatNumber(machine.loadAverage, 2)}: refusals/s are no measure of a quiet machine above 1.`,
    '',
  ].join('\n');
}

function cellsOf({ entries, bytes, seconds }: Figures): readonly string[] {
  return [
    formatNumber(entries, 0),
    formatNumber(bytes, 0),
    formatNumber(bytes / REFUSALS, 1),
    formatNumber(REFUSALS / seconds, 0),
  ];
}

async function flood(folder: string, refuse: Refuse, mode: 'whole' | 'folded'): Promise<Figures> {
  const journal = await openJournal(journalOptions(folder), {
    clock: systemClock,
    logger: createLogger({ level: 'silent' }),
    metrics: createMetrics(),
  });
  const time = { ms: 0 };
  const folds = createFolder(journal, {
    monotonicMs: () => monotonicMs(time.ms),
    wallMs: () => systemClock.wallMs(),
  });
  const startedAtMs = performance.now();
  let begun = 0;
  async function refuseOnAndOn(): Promise<void> {
    while (begun < REFUSALS) {
      begun += 1;
      time.ms = (begun / REFUSALS) * HOUR_MS;
      const record = refuse(begun);
      if (mode === 'folded') {
        folds.sweep();
        await folds.keep(record).durable;
      } else {
        await journal.append(record);
      }
    }
  }
  await Promise.all(Array.from({ length: UNDER_WAY }, refuseOnAndOn));
  const seconds = (performance.now() - startedAtMs) / 1000;
  await folds.close();
  const entries = journal.lastSequence();
  await journal.close();
  return { entries, bytes: await bytesOf(folder), seconds };
}

function createFolder(journal: Journal, clock: Clock): RefusalFolder {
  return new RefusalFolder(defaultLimits(), {
    journal,
    clock,
    logger: createLogger({ level: 'silent' }),
    metrics: createMetrics(),
    sweepMs: NEVER_MS,
  });
}

function defaultLimits(): FoldBookLimits {
  const { audit } = configurationSchema.parse({ audit: { journal: {} } });
  if (audit.journal === undefined) throw new Error('The configuration has no journal');
  return audit.journal.folding;
}

async function bytesOf(folder: string): Promise<number> {
  const names = (await readdir(folder)).filter((name) => name.startsWith('segment-'));
  const sizes = await Promise.all(names.map(async (name) => (await stat(join(folder, name))).size));
  return sizes.reduce((sum, size) => sum + size, 0);
}
