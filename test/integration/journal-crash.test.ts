/**
 * Killed twenty times in the middle of the work: whatever was answered is in the journal, in one chain, and in every sink.
 * One user repeats one request, so that most refusals are counted in folds: none of those that were answered is missing.
 *
 * The whole program runs as it is shipped: `holdfast serve` behind TLS, its journal sealed each second, a file and a web hook as sinks. Each
 * answer's hash is kept by the client, as the API server's audit log keeps it, and is looked for in the journal afterwards.
 */
import assert from 'node:assert/strict';
import { randomInt } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { z } from 'zod';
import {
  startCloudEventsReceiver,
  type CloudEventsReceiver,
} from '../support/cloudevents-receiver.ts';
import { installPackage } from '../support/build/installed-package.ts';
import { startDenialLoad, type AnsweredDenial } from '../support/crash/denial-load.ts';
import { runHoldfast, serveHoldfast } from '../support/crash/served-holdfast.ts';
import { bundleFolder, policyText } from '../support/policy-bundles.ts';
import { makeTemporaryFolder } from '../support/temporary-folder.ts';
import { waitUntil } from '../support/wait-until.ts';

const KILLS = 20;
const DECISIONS_PER_SECOND = 500;
/** A kill comes after so many answers since the start: some in the first rotation, some in the middle of a batch. */
const ANSWERS_MIN = 20;
const ANSWERS_MAX = 200;
/** Reached only where something is wrong: a start takes six seconds while other programs keep both cores busy. */
const ROUND_LIMIT_MS = 5 * 60_000;

function configuration({ url }: CloudEventsReceiver, bundle: string): string {
  return `
cluster: { name: crash }
server: { port: 0, metrics: { port: 0 } }
policies: { bundle: ${bundle} }
log: { level: error }
audit:
  journal: { folder: journal, headIntervalMs: 1000, segmentAgeMs: 1000 }
  sinks:
    - { name: file, type: file, file: out.jsonl }
    - { name: hook, type: webhook, url: '${url}', tls: { caFile: receiver-ca.pem } }
`;
}

/** Where one process after another runs. */
interface Installed {
  /** Where the configuration, the journal and the output of the file sink are. */
  readonly folder: string;
  /** What Node runs. */
  readonly main: string;
}

async function prepare(context: TestContext, receiver: CloudEventsReceiver): Promise<Installed> {
  const folder = await makeTemporaryFolder(context, {
    'receiver-ca.pem': receiver.authority.cert,
    'policies/sample/sample.rego': policyText(),
  });
  const bundle = await bundleFolder(join(folder, 'policies'));
  await writeFile(join(folder, 'holdfast.yaml'), configuration(receiver, bundle));
  const { code, output } = await runHoldfast(folder, ['certs']);
  assert.equal(code, 0, output);
  // Only a process that ends in order keeps the code that it compiled.
  const main = await installPackage(join(folder, 'package'));
  const first = await serveHoldfast(folder, main);
  assert.equal(await first.stop(), 0);
  return { folder, main };
}

/** Serves under load until so many answers have come, then is killed; what was answered until then. */
async function killAfter(
  { folder, main }: Installed,
  ca: string,
  answersMin: number,
): Promise<readonly AnsweredDenial[]> {
  const holdfast = await serveHoldfast(folder, main);
  const load = startDenialLoad(holdfast.url, ca, DECISIONS_PER_SECOND);
  try {
    await waitUntil(() => load.answered.length >= answersMin, ROUND_LIMIT_MS);
  } finally {
    await holdfast.kill();
    await load.stop();
  }
  assert.deepEqual(load.oddities, []);
  return load.answered;
}

/** Each number once, in the order in which it first came. */
function firstArrivals(sequences: readonly number[]): readonly number[] {
  return [...new Set(sequences)];
}

const exportLine = z.object({
  record: z.object({
    decisionId: z.string(),
    folded: z
      .object({ part: z.int(), count: z.int(), recovered: z.boolean().optional() })
      .optional(),
  }),
});

interface Journaled {
  /** How many refusals the journal has of each decision that an answer named. */
  readonly counts: ReadonlyMap<string, number>;
  /** Summaries that were written by the process after the one that was killed. */
  readonly recovered: number;
}

async function countJournaled(folder: string): Promise<Journaled> {
  const { code, output } = await runHoldfast(folder, ['audit', 'export', 'journal']);
  assert.equal(code, 0, output);
  const lines = output.split('\n').filter((line) => line !== '');
  const records = lines.map((line) => exportLine.parse(JSON.parse(line)).record);
  const parts = new Map<string, { readonly decisionId: string; readonly count: number }>();
  for (const { decisionId, folded } of records) {
    parts.set(`${decisionId}/${folded?.part ?? 0}`, { decisionId, count: folded?.count ?? 1 });
  }
  const counts = new Map<string, number>();
  for (const { decisionId, count } of parts.values()) {
    counts.set(decisionId, (counts.get(decisionId) ?? 0) + count);
  }
  return { counts, recovered: records.filter(({ folded }) => folded?.recovered).length };
}

/** The decisions that were named in more answers than the journal has refusals of them. */
function listMissing(
  answered: readonly AnsweredDenial[],
  { counts }: Journaled,
): readonly string[] {
  const byDecision = Map.groupBy(answered, ({ decision }) => decision);
  return [...byDecision]
    .filter(([decision, answers]) => answers.length > (counts.get(decision) ?? 0))
    .map(([decision, answers]) => `${decision}: ${answers.length} answers`);
}

const fileLine = z.object({ sequence: z.int() });

interface FileLines {
  readonly sequences: readonly number[];
  /** Lines that a kill cut off, and that do not come whole afterwards. */
  readonly lost: readonly string[];
}

/** The last line may be written right now, and a kill can cut one off in the middle of a write. */
async function readFileLines(folder: string): Promise<FileLines> {
  const text = await readFile(join(folder, 'out.jsonl'), 'utf8');
  const lines = text.split('\n').slice(0, -1);
  const whole = lines.filter(isJson);
  const cut = lines.filter((line) => !isJson(line));
  return {
    sequences: whole.map((line) => fileLine.parse(JSON.parse(line)).sequence),
    lost: cut.filter((line) => !whole.some((other) => other.startsWith(line))),
  };
}

function isJson(line: string): boolean {
  try {
    JSON.parse(line);
    return true;
  } catch {
    return false;
  }
}

function sequencesInHook({ events }: CloudEventsReceiver): readonly number[] {
  return events.map(({ sequence }) => Number(sequence));
}

test('twenty kills under load: every answered denial is journaled, chained, and in every sink in order', async (context) => {
  const receiver = await startCloudEventsReceiver();
  context.after(() => receiver.stop());
  const installed = await prepare(context, receiver);
  const { folder, main } = installed;
  const ca = await readFile(join(folder, 'certs', 'ca.crt'), 'utf8');

  const answered: AnsweredDenial[] = [];
  for (let kill = 0; kill < KILLS; kill += 1) {
    answered.push(...(await killAfter(installed, ca, randomInt(ANSWERS_MIN, ANSWERS_MAX))));
  }
  const last = Math.max(...answered.map(({ sequence }) => sequence));
  const holdfast = await serveHoldfast(folder, main);
  // Where something fails, a process that serves on would keep this one for its whole deadline.
  context.after(() => holdfast.kill());
  await waitUntil(async () => {
    const { sequences: inFile } = await readFileLines(folder);
    const reached = [inFile, sequencesInHook(receiver)];
    return reached.every((sequences) => sequences.includes(last));
  }, ROUND_LIMIT_MS);
  assert.equal(await holdfast.stop(), 0);

  const anchors = answered.map(({ chain, sequence, hash }) =>
    JSON.stringify({ chain, sequence, hash }),
  );
  await writeFile(join(folder, 'answered.jsonl'), `${anchors.join('\n')}\n`);
  const verified = await runHoldfast(folder, [
    'audit',
    'verify',
    '--anchor',
    'answered.jsonl',
    'journal',
  ]);
  assert.equal(verified.code, 0, verified.output);

  const journaled = await countJournaled(folder);
  assert.deepEqual(listMissing(answered, journaled), []);
  assert.ok(journaled.recovered > 0, 'No kill hit an open fold');

  const { sequences, lost } = await readFileLines(folder);
  assert.deepEqual(lost, []);
  const inFile = firstArrivals(sequences);
  const inHook = firstArrivals(sequencesInHook(receiver));
  const everything = inFile.map((_, index) => index + 1);
  assert.ok(inFile.length >= last);
  assert.deepEqual(inFile, everything);
  assert.deepEqual(inHook.slice(0, last), everything.slice(0, last));
  assert.deepEqual(receiver.faults, []);
  context.diagnostic(
    `${answered.length} answered denials, ${everything.length} records, ${journaled.recovered} folds recovered, ${KILLS} kills`,
  );
});
