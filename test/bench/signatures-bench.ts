/**
 * How many signatures one thread verifies in a second, by scheme: from the bytes of a commit, or of what lies beside an image, to the
 * verdict. Trust was read before, as in a serving process. `verify` of node:crypto with a key of the same kind is measured beside each.
 */
import type { Verification } from '../../src/signature/verification.ts';
import { MachineWatch } from './machine.ts';
import { percentile } from './percentile.ts';
import { formatMachine, formatNumber, formatSpread, formatTable } from './report-format.ts';
import { makeReferences, makeSignatureCases, type SignatureCase } from './signature-cases.ts';

const WARM_UP_MS = 300;
const ROUND_MS = 600;

interface Round {
  readonly perSecond: number;
  /** Of all threads of the process. */
  readonly cpuUs: number;
}

interface Measured {
  readonly perSecond: readonly number[];
  readonly cpuUs: number;
}

/** Runs so many rounds of each scheme, and returns the report. */
export async function measureSignatures({
  workFolder,
  rounds,
}: {
  readonly workFolder: string;
  readonly rounds: number;
}): Promise<string> {
  const watch = await MachineWatch.start();
  const references = makeReferences();
  const rows: (readonly string[])[] = [];
  for (const one of await makeSignatureCases(workFolder)) {
    await assertJudges(one);
    const verdicts = await measure(rounds, async () => assertVerified(one, await one.verify()));
    const alone = await measure(rounds, references[one.keyKind]);
    rows.push([
      one.name,
      formatSpread(verdicts.perSecond, 0),
      formatNumber(verdicts.cpuUs, 0),
      one.keyKind,
      formatSpread(alone.perSecond, 0),
      formatNumber(alone.cpuUs, 0),
      formatNumber(verdicts.cpuUs / alone.cpuUs, 1),
    ]);
  }
  return [
    '# Signatures verified per second',
    '',
    `One at a time, by one process, ${String(rounds)} rounds of ${String(ROUND_MS)} ms: from the bytes of the commit, or of the layer beside the image, to the verdict. Median of`,
    'the rounds, and their extremes. CPU counts all threads of the process, and so depends less on what else the machine did. Beside',
    'each, `verify` of node:crypto alone, with a key of the kind that made the signature, in the same run. Written by `npm run bench -- --signatures`.',
    '',
    formatTable(
      [
        'what is verified',
        'verdicts/s',
        'CPU µs',
        'key',
        'node:crypto verify/s',
        'CPU µs',
        '× CPU',
      ],
      rows,
    ),
    '',
    'gitsign and the keyless bundle are more than one signature: that over the content, that of the authority over the certificate, that of the log',
    'of certificates in it, the promise and the checkpoint of the log of signatures, and a proof of hashes. When this was written, a profile had the cryptography',
    'at about a tenth of the time: the rest reads and writes DER and checks ASN.1, most of it in the library of Sigstore, which copies buffers.',
    '',
    formatMachine(await watch.stop()),
    '',
  ].join('\n');
}

/** A verifier that looks at nothing would be fast. */
async function assertJudges(one: SignatureCase): Promise<void> {
  assertVerified(one, await one.verify());
  const changed = await one.verifyChanged();
  if (changed.status !== 'rejected') {
    throw new Error(`${one.name}: what was changed is ${changed.status}, and not rejected`);
  }
}

function assertVerified({ name }: SignatureCase, verification: Verification): boolean {
  if (verification.status === 'verified') return true;
  throw new Error(`${name}: ${JSON.stringify(verification)}`);
}

async function measure(rounds: number, work: () => boolean | Promise<boolean>): Promise<Measured> {
  await runFor(WARM_UP_MS, work);
  const measured: Round[] = [];
  for (let round = 0; round < rounds; round += 1) measured.push(await runFor(ROUND_MS, work));
  const cpu = measured.map(({ cpuUs }) => cpuUs).toSorted((a, b) => a - b);
  return {
    perSecond: measured.map(({ perSecond }) => perSecond),
    cpuUs: percentile(cpu, 50),
  };
}

async function runFor(durationMs: number, work: () => boolean | Promise<boolean>): Promise<Round> {
  const startedAt = performance.now();
  const cpuBefore = process.cpuUsage();
  let count = 0;
  while (performance.now() - startedAt < durationMs) {
    const answer = work();
    if (!(typeof answer === 'boolean' ? answer : await answer)) {
      throw new Error('A signature of node:crypto does not verify');
    }
    count += 1;
  }
  const seconds = (performance.now() - startedAt) / 1000;
  const { user, system } = process.cpuUsage(cpuBefore);
  return { perSecond: count / seconds, cpuUs: (user + system) / count };
}
