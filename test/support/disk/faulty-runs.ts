/**
 * A journal on a disk that fails: `node faulty-runs.ts FOLDER FIRST COUNT LIES`, with `faulty-disk.so` preloaded.
 *
 * Each seed is one life of a journal until the power goes: batches, heads, rotations, checkpoints and restarts, with faults
 * at the operations that the seed chooses. Then the journal is opened on what the disk has, as after a start of the machine,
 * and is held against what was acknowledged. Prints one line of JSON for each seed.
 */
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { argv } from 'node:process';
import { checkpointNewest } from '../../../src/audit/journal/checkpoint.ts';
import { JournalStore } from '../../../src/audit/journal/journal-store.ts';
import { readEntries } from '../../../src/audit/journal/read-entries.ts';
import type { PendingEntry } from '../../../src/audit/journal/segment.ts';
import { createAnchorLedger, listMissing } from '../../../src/audit/verify/check-anchors.ts';
import { indexRecord } from '../../../src/audit/verify/index-record.ts';
import { openJournalFolder } from '../../../src/audit/verify/journal-folder.ts';
import { readOwnKeys } from '../../../src/audit/verify/read-keys.ts';
import { VERIFICATION_FINDINGS } from '../../../src/audit/verify/verification-finding.ts';
import { verifyJournal } from '../../../src/audit/verify/verify-journal.ts';
import { canonicalJson } from '../../../src/base/canonical-json.ts';
import { systemClock, type Clock } from '../../../src/base/clock.ts';
import { HoldfastError } from '../../../src/errors.ts';
import { journalOptions, sampleRecord } from '../journal-samples.ts';
import { seededRandom } from '../seeded-random.ts';
import { commandDisk } from './command-disk.ts';
import type { FaultyRun } from './faulty-run.ts';

interface Acknowledged {
  readonly chain: string;
  readonly sequence: number;
  readonly hash: string;
}

const STEPS = 60;
const OPERATIONS_MAX = 600;
const MINUTE_MS = 60_000;
const PRECISION = 1_000_000;
const ALL = { keepFrom: Number.MAX_SAFE_INTEGER };

/** Nothing where a segment cannot be read, which a verification must find then. */
function readKept(disk: string): ReadonlyMap<number, string> {
  const ask = { afterSequence: 0, entriesMax: 10_000, lastSequence: Number.MAX_SAFE_INTEGER };
  try {
    return new Map(readEntries(disk, ask).entries.map(({ sequence, hash }) => [sequence, hash]));
  } catch {
    return new Map();
  }
}

const [folder = '', first = '1', count = '1', lies = '0'] = argv.slice(2);

async function runSeed(seed: number): Promise<FaultyRun> {
  const live = join(folder, `${seed}-live`);
  const disk = join(folder, `${seed}-disk`);
  for (const made of [live, disk]) mkdirSync(made, { recursive: true });
  const draw = seededRandom(seed);
  const random = (): number => draw(PRECISION) / PRECISION;
  const powerAt = 1 + Math.floor(random() * OPERATIONS_MAX);
  commandDisk(`begin|${seed}|${lies}|${powerAt}|${live}|${disk}`);
  const life = new JournalLife(live, random);
  await life.live();
  commandDisk('off');
  await life.end();
  const run = await judge(seed, disk, life);
  for (const made of [live, disk]) rmSync(made, { recursive: true });
  return run;
}

/** What one journal does until the power goes. */
class JournalLife {
  readonly acknowledged: Acknowledged[] = [];
  readonly problems: string[] = [];
  /** What the journal itself has said to be lost or damaged. */
  readonly told: string[] = [];
  faults = 0;
  readonly #folder: string;
  readonly #random: () => number;
  #number = 0;
  #skewMs = 0;
  #store: JournalStore | undefined;

  constructor(folderOfJournal: string, random: () => number) {
    this.#folder = folderOfJournal;
    this.#random = random;
  }

  async live(): Promise<void> {
    for (let step = 0; step < STEPS; step += 1) await this.#attempt(() => this.#step());
  }

  async end(): Promise<void> {
    await this.#attempt(async () => this.#store?.close());
  }

  async #attempt(work: () => Promise<unknown>): Promise<void> {
    try {
      await work();
    } catch (fault) {
      this.faults += 1;
      if (!(fault instanceof HoldfastError) && !isFaultOfDisk(fault)) {
        this.problems.push(fault instanceof Error ? (fault.stack ?? '') : String(fault));
      }
    }
  }

  async #step(): Promise<void> {
    this.#store ??= await this.#open();
    const choice = this.#random();
    if (choice < 0.7) this.#append(this.#store);
    else if (choice < 0.85) await this.#maintain(this.#store);
    else if (choice < 0.97) checkpointNewest(this.#folder);
    else await this.#restart(this.#store);
  }

  #append(store: JournalStore): void {
    const size = 1 + Math.floor(this.#random() * 4);
    const entries = Array.from({ length: size }, (): PendingEntry => {
      this.#number += 1;
      const message = 'x'.repeat(Math.floor(this.#random() * 3000));
      const record = sampleRecord(this.#number, { message });
      return { json: canonicalJson(record), index: indexRecord(record) };
    });
    const { chain, firstSequence, hashes } = store.append(entries);
    hashes.forEach((hash, index) => {
      const sequence = firstSequence + index;
      if (this.acknowledged.some((one) => one.sequence === sequence)) {
        this.problems.push(`The sequence ${sequence} was acknowledged twice`);
      }
      this.acknowledged.push({ chain, sequence, hash });
    });
  }

  async #maintain(store: JournalStore): Promise<void> {
    this.#skewMs += this.#random() * 10 * MINUTE_MS;
    const { damages, lost } = await store.maintain(ALL);
    this.told.push(...[...damages, ...lost].map(({ reason }) => reason));
  }

  async #restart(store: JournalStore): Promise<void> {
    this.#store = undefined;
    await store.close();
  }

  async #open(): Promise<JournalStore> {
    const clock: Clock = { ...systemClock, wallMs: () => systemClock.wallMs() + this.#skewMs };
    const options = journalOptions(this.#folder, {
      headIntervalMs: 0,
      segmentAgeMs: 20 * MINUTE_MS,
    });
    const store = await JournalStore.open({ ...options, acknowledged: 0 }, clock, async () => {});
    const { damages, lost } = store.state();
    this.told.push(...[...damages, ...lost].map(({ reason }) => reason));
    return store;
  }
}

function isFaultOfDisk(fault: unknown): boolean {
  const errcode: unknown = Reflect.get(Object(fault), 'errcode');
  const errno: unknown = Reflect.get(Object(fault), 'errno');
  return typeof errcode === 'number' || typeof errno === 'number';
}

/** Opens what the disk has, as the next start does, and looks for everything that was acknowledged. */
async function judge(seed: number, disk: string, life: JournalLife): Promise<FaultyRun> {
  const { acknowledged, faults } = life;
  const problems = [...life.problems];
  const store = await JournalStore.open(
    { ...journalOptions(disk), acknowledged: 0 },
    systemClock,
    async () => {},
  );
  const { damages, lost } = store.state();
  const record = sampleRecord(1);
  store.append([{ json: canonicalJson(record), index: indexRecord(record) }]);
  await store.close();
  const kept = readKept(disk);
  const missing = acknowledged.filter(({ sequence, hash }) => kept.get(sequence) !== hash);
  const told = [...life.told, ...[...damages, ...lost].map(({ reason }) => reason)];
  const ledger = createAnchorLedger(acknowledged);
  const { findings } = await verifyJournal(openJournalFolder(disk), {
    keys: await readOwnKeys(disk),
    keysAreOwn: true,
    anchors: ledger,
    nowMs: systemClock.wallMs(),
    headAgeMaxMs: Number.MAX_SAFE_INTEGER,
    findingsMax: 100,
  });
  const shown = [
    ...findings
      .filter(({ kind }) => VERIFICATION_FINDINGS[kind].severity === 'fault')
      .map(({ kind, message }) => `${kind}: ${message}`),
    ...listMissing(ledger).map(({ sequence }) => `not found: ${sequence}`),
  ];
  return {
    seed,
    acknowledged: acknowledged.length,
    faults,
    missing: missing.length,
    told,
    findings: shown,
    problems,
  };
}

for (let seed = Number(first); seed < Number(first) + Number(count); seed += 1) {
  process.stdout.write(`${JSON.stringify(await runSeed(seed))}\n`);
}
