/** A process that mirrors many repositories, as the thread of commits does. It reads its order from stdin and writes its report to stdout. */
import { text } from 'node:stream/consumers';
import { setTimeout as wait } from 'node:timers/promises';
import { systemClock } from '../../src/base/clock.ts';
import { resolveBySystem } from '../../src/base/resolve-host.ts';
import { NO_CREDENTIAL } from '../../src/source/mirror/credential.ts';
import { findGit } from '../../src/source/mirror/find-git.ts';
import { openMirrors, type Mirrors, type MirrorsOptions } from '../../src/source/mirror/mirrors.ts';
import { mirrorsSchema } from '../../src/source/mirror/settings.ts';
import { parseRepositoryUrl } from '../../src/source/parse-repository-url.ts';
import { recordTelemetry } from '../support/recording-telemetry.ts';
import { measureMemory } from './memory-use.ts';
import {
  IDLE_MS,
  mirrorsOrderSchema,
  type MirrorsOrder,
  type MirrorsReport,
} from './mirrors-order.ts';

const order = mirrorsOrderSchema.parse(JSON.parse(await text(process.stdin)));
process.stdout.write(JSON.stringify(await carryOut(order)));

async function carryOut(asked: MirrorsOrder): Promise<MirrorsReport> {
  const telemetry = recordTelemetry();
  const settings = mirrorsSchema.parse(asked.settings);
  const options: MirrorsOptions = {
    settings,
    folder: asked.folder,
    program: (await findGit({ PATH: process.env['PATH'] })).path,
    clock: systemClock,
    metrics: telemetry.metrics,
    resolve: resolveBySystem,
  };
  // As many at a time as one host gets.
  const concurrentReads = settings.concurrentReadsPerHostMax;
  const mirrors = await openMirrors(options);
  try {
    const durationsMs: number[] = [];
    const memory: MirrorsReport['memory'][number][] = [];
    const startedAt = performance.now();
    for (const count of asked.measuredAt) {
      const urls = asked.urls.slice(durationsMs.length, count);
      const endAt = startedAt + asked.durationMsMax;
      await readAll(mirrors, { ...asked, urls, endAt, concurrentReads, durationsMs });
      memory.push({ mirrors: durationsMs.length, memory: await measureMemory() });
    }
    const totalMs = performance.now() - startedAt;
    await wait(IDLE_MS);
    const idleMemory = await measureMemory();
    const [bytes] = await telemetry.exposed('holdfast_mirror_bytes ');
    return {
      memory,
      idleMemory,
      durationsMs,
      totalMs,
      concurrentReads,
      diskBytes: Number(bytes?.split(' ').at(-1)),
      reopenMs: await measureReopening(options),
    };
  } finally {
    mirrors.close();
  }
}

async function readAll(
  mirrors: Mirrors,
  {
    urls,
    objectId,
    endAt,
    concurrentReads,
    durationsMs,
  }: Pick<MirrorsOrder, 'urls' | 'objectId'> & {
    readonly endAt: number;
    readonly concurrentReads: number;
    readonly durationsMs: number[];
  },
): Promise<void> {
  const waiting = urls.values();
  const readWaiting = async (): Promise<void> => {
    // All readers take from one iterator.
    for (const url of waiting) {
      if (performance.now() > endAt) return;
      durationsMs.push(await readOne(mirrors, { url, objectId }));
    }
  };
  await Promise.all(Array.from({ length: concurrentReads }, readWaiting));
}

async function readOne(
  mirrors: Mirrors,
  { url, objectId }: { readonly url: string; readonly objectId: string },
): Promise<number> {
  const parsed = parseRepositoryUrl(url);
  if (!parsed.ok) throw new Error(parsed.reason);
  const startedAt = performance.now();
  const { repository } = parsed;
  const wanted = { repository, credential: NO_CREDENTIAL, objectId, tracked: ['main'] };
  const reading = await mirrors.read(wanted);
  if (reading.status !== 'found') throw new Error(`${url}: ${reading.reason}`);
  return performance.now() - startedAt;
}

async function measureReopening(options: MirrorsOptions): Promise<number> {
  const startedAt = performance.now();
  const mirrors = await openMirrors(options);
  const reopenMs = performance.now() - startedAt;
  mirrors.close();
  return reopenMs;
}
