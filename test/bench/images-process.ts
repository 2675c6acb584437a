/**
 * A process that judges the images of Pods as a serving process does, with the real thread. It reads its order from stdin and writes
 * its report to stdout: the registry is in another process, so that neither its memory nor its work is measured.
 */
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { text } from 'node:stream/consumers';
import { setTimeout as wait } from 'node:timers/promises';
import { addMs, systemClock } from '../../src/base/clock.ts';
import { systemWait } from '../../src/base/wait.ts';
import { ImageBinder } from '../../src/compose/bind-images.ts';
import type { ImageRequest, JudgeImages } from '../../src/compose/running-images.ts';
import { configurationSchema } from '../../src/config/schema.ts';
import { describeImages, type ImageFact } from '../../src/image/images-fact.ts';
import { recordTelemetry } from '../support/recording-telemetry.ts';
import { imagesOrderSchema, type ImagesOrder, type ImagesReport } from './images-order.ts';
import { measureMemory } from './memory-use.ts';

const IDLE_MS = 2000;
/** The finest: the delay that is measured includes it. */
const RESOLUTION_MS = 1;
const WARM_UP_ROUNDS = 3;
const NS_PER_MS = 1e6;

const order = imagesOrderSchema.parse(JSON.parse(await text(process.stdin)));
process.stdout.write(JSON.stringify(await carryOut(order)));

async function carryOut({ images, ...asked }: ImagesOrder): Promise<ImagesReport> {
  const telemetry = recordTelemetry();
  const binder = new ImageBinder({
    environment: { PATH: process.env['PATH'] },
    clock: systemClock,
    wait: systemWait,
    ...telemetry,
  });
  try {
    const { judgeImages } = await binder.bind(configurationSchema.parse({ images }));
    if (judgeImages === undefined) throw new Error('The configuration judges images');
    const before = await measureMemory();
    const idleDelay = await measureDelay(() => wait(IDLE_MS));
    const verdicts: Record<string, number> = {};
    const answersMs: number[] = [];
    const startedAt = performance.now();
    let totalMs = 0;
    const delay = await measureDelay(async () => {
      await judgeAll(judgeImages, asked, { verdicts, answersMs });
      totalMs = performance.now() - startedAt;
    });
    const after = await measureMemory();
    const [kept] = await telemetry.exposed('holdfast_image_verdicts ');
    return {
      verdicts,
      answersMs,
      totalMs,
      verdictsKept: Number(kept?.split(' ').at(-1) ?? 0),
      idleDelay,
      delay,
      before,
      after,
      cachedPodUs: measureCached(judgeImages, asked),
      cachedImageUs: measureCached(judgeImages, {
        ...asked,
        pods: asked.pods.map((pod) => pod.slice(0, 1)),
      }),
    };
  } finally {
    await binder.close();
  }
}

interface Judged {
  readonly verdicts: Record<string, number>;
  readonly answersMs: number[];
}

async function judgeAll(
  judgeImages: JudgeImages,
  { pods, concurrentMax, withinMs }: Omit<ImagesOrder, 'images'>,
  { verdicts, answersMs }: Judged,
): Promise<void> {
  const waiting = pods.values();
  const judgeWaiting = async (): Promise<void> => {
    // All take from one iterator.
    for (const images of waiting) {
      const startedAt = performance.now();
      const facts = await judge(judgeImages, makeRequest(images), withinMs);
      answersMs.push(performance.now() - startedAt);
      for (const { signature } of facts) {
        const word = signature?.status ?? 'no verdict';
        verdicts[word] = (verdicts[word] ?? 0) + 1;
      }
    }
  };
  await Promise.all(Array.from({ length: concurrentMax }, judgeWaiting));
}

/** In a request: finding the images, their rule, their verdicts. */
function measureCached(
  judgeImages: JudgeImages,
  { pods, cachedRounds, withinMs }: Omit<ImagesOrder, 'images'>,
): number[] {
  if (cachedRounds === 0) return [];
  const requests = pods.map(makeRequest);
  const measured: number[] = [];
  for (let round = 0; round < WARM_UP_ROUNDS + cachedRounds; round += 1) {
    for (const request of requests) {
      const startedAt = performance.now();
      const facts = judge(judgeImages, request, withinMs);
      const elapsedUs = (performance.now() - startedAt) * 1000;
      if ('then' in facts || !facts.every(({ signature }) => signature?.status === 'verified')) {
        throw new Error('An image that was verified has no verdict');
      }
      if (round >= WARM_UP_ROUNDS) measured.push(elapsedUs);
    }
  }
  return measured;
}

function judge(
  judgeImages: JudgeImages,
  request: ImageRequest['request'],
  withinMs: number,
): ReturnType<JudgeImages> {
  const facts: readonly ImageFact[] = describeImages(request);
  const deadlineAtMs = addMs(systemClock.monotonicMs(), withinMs);
  return judgeImages(facts, { request, deadlineAtMs });
}

function makeRequest(images: readonly string[]): ImageRequest['request'] {
  return {
    resource: { group: '', version: 'v1', resource: 'pods' },
    namespace: 'shop',
    object: {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'web' },
      spec: { containers: images.map((image, index) => ({ name: `c${index}`, image })) },
    },
  };
}

async function measureDelay(work: () => Promise<void>): Promise<ImagesReport['delay']> {
  const histogram = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  histogram.enable();
  await work();
  histogram.disable();
  return {
    p50Ms: histogram.percentile(50) / NS_PER_MS,
    p99Ms: histogram.percentile(99) / NS_PER_MS,
    maxMs: histogram.max / NS_PER_MS,
  };
}
