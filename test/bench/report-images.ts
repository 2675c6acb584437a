/** RESULTS-IMAGES.md. */
import { REGISTRY_LIMITS } from '../../src/image/registry/settings.ts';
import { IMAGE_TRUST_LIMITS } from '../../src/signature/image-trust/settings.ts';
import {
  IMAGES_OF_POD,
  KEPT_VERDICTS,
  PODS,
  REGISTRY_DELAY_MS,
  WEBHOOK_TIMEOUT_MS,
  type ImagesReport,
  type ImagesRun,
} from './images-order.ts';
import type { WatchedMachine } from './machine.ts';
import { percentile } from './percentile.ts';
import { formatMachine, formatNumber, formatTable } from './report-format.ts';

const WANTED_CACHED_US = 50;
const WANTED_DELAY_MS = 20;
const KIB_PER_MIB = 1024;
const PENDING_MAX = IMAGE_TRUST_LIMITS['images.pendingMax'].default;
const REQUESTS_MAX = REGISTRY_LIMITS['image.registry.requestsMax'].default;

export interface ImagesResults {
  /** Pods of one workload. */
  readonly shared: ImagesRun;
  /** Pods that share no image. */
  readonly distinct: ImagesRun;
  readonly keyless: ImagesRun;
  readonly kept: ImagesRun;
  readonly rounds: number;
  readonly machine: WatchedMachine;
}

/** The report as Markdown. */
export function formatImages(results: ImagesResults): string {
  return [
    '# What the judgement of images costs',
    'The judging process is a real one with its thread; the registry is in another process, and speaks HTTP on loopback. Written by `npm run bench -- --images`.',
    '## A verdict that is known',
    formatCached(results),
    '## A slow registry, and nothing known',
    formatSlow(results),
    '## The main thread during keyless verifications',
    formatDelay(results.keyless),
    '## Memory',
    formatMemory(results.kept),
    `${formatMachine(results.machine)}\n`,
  ].join('\n\n');
}

function formatCached({ kept: { report }, rounds }: ImagesResults): string {
  const cells = (measured: readonly number[]): readonly string[] => {
    const sorted = measured.toSorted((a, b) => a - b);
    return [50, 90, 99].map((share) => formatNumber(percentile(sorted, share), 1));
  };
  const image = report.cachedImageUs.toSorted((a, b) => a - b);
  return [
    `Finding the images of a Pod, their rule and their verdicts, in the request: each of the ${formatNumber(report.answersMs.length, 0)} Pods of the last part, ${String(rounds)} times, one at a time,`,
    `with ${formatNumber(report.verdictsKept, 0)} verdicts in the map. Microseconds.`,
    '',
    formatTable(
      ['request', 'p50', 'p90', 'p99'],
      [
        ['a Pod of one image', ...cells(report.cachedImageUs)],
        [`a Pod of ${IMAGES_OF_POD} images`, ...cells(report.cachedPodUs)],
      ],
    ),
    '',
    `Wanted: a p50 below ${WANTED_CACHED_US} µs for an image. It ${percentile(image, 50) < WANTED_CACHED_US ? 'is' : 'is not'}.`,
  ].join('\n');
}

function formatSlow({ shared, distinct }: ImagesResults): string {
  const row = (title: string, { report, requests, manifestFetches }: ImagesRun) => {
    const sorted = report.answersMs.toSorted((a, b) => a - b);
    return [
      title,
      Object.entries(report.verdicts)
        .map(([word, count]) => `${formatNumber(count, 0)} ${word}`)
        .join(', '),
      formatNumber(percentile(sorted, 50), 0),
      formatNumber(sorted.at(-1) ?? 0, 0),
      formatNumber(requests, 0),
      `${manifestFetches.min} to ${manifestFetches.max}`,
    ];
  };
  const isDecided =
    isVerified(shared.report) && isInTime(shared.report) && shared.manifestFetches.max === 1;
  const perImage = shared.requests / IMAGES_OF_POD;
  const all = PODS * IMAGES_OF_POD;
  const neededS = (all * perImage * REGISTRY_DELAY_MS) / REQUESTS_MAX / 1000;
  return [
    `${PODS} Pods of ${IMAGES_OF_POD} images at once, against a registry that takes ${REGISTRY_DELAY_MS} ms for each answer; the default limits, and a time-out of ${formatNumber(WEBHOOK_TIMEOUT_MS, 0)} ms.`,
    '',
    formatTable(
      [
        'Pods',
        'images by verdict',
        'answer p50, ms',
        'slowest, ms',
        'requests',
        'manifests by tag, fetched for each image',
      ],
      [
        row('of one workload: the same images in each', shared),
        row('no two with the same image', distinct),
      ],
    ),
    '',
    `Wanted: all decided within ${formatNumber(WEBHOOK_TIMEOUT_MS, 0)} ms, each image fetched once. Of one workload, this is ${isDecided ? '' : 'not '}reached. Where no two share an image, it is ${isVerified(distinct.report) ? '' : '**not** '}reached:`,
    `every Pod is ${isInTime(distinct.report) ? 'answered' : '**not answered**'} within that time, but ${formatNumber(distinct.report.verdicts['unavailable'] ?? 0, 0)} of ${all} images are unavailable, and the mode of their rule decides. The time goes to waiting for the registry: an`,
    `image takes ${formatNumber(perImage, 0)} requests, and ${REQUESTS_MAX} at a time go to one registry (\`image.registry.requestsMax\`), so that ${all} images take ${formatNumber(neededS, 0)} s whatever the machine; and ${PENDING_MAX} images`,
    'are judged at a time (`images.pendingMax`), so that the others are unavailable at once. What was begun goes on after the answer, for the next request.',
  ].join('\n');
}

function isVerified({ verdicts }: ImagesReport): boolean {
  return Object.keys(verdicts).join(' ') === 'verified';
}

function isInTime({ answersMs }: ImagesReport): boolean {
  return answersMs.every((answerMs) => answerMs < WEBHOOK_TIMEOUT_MS);
}

function formatDelay({ report }: ImagesRun): string {
  const images = Object.values(report.verdicts).reduce((sum, count) => sum + count, 0);
  if (!isVerified(report)) {
    throw new Error(`Not all are verified: ${JSON.stringify(report.verdicts)}`);
  }
  const row = (title: string, { p50Ms, p99Ms, maxMs }: ImagesReport['delay']) => [
    title,
    ...[p50Ms, p99Ms, maxMs].map((value) => formatNumber(value, 1)),
  ];
  return [
    `${images} images with keyless bundles, read and verified in ${formatNumber(report.totalMs / 1000, 1)} s by the thread; the delay of the event loop of the main thread meanwhile. Milliseconds,`,
    'of which one is the interval at which it is measured. The main thread of an idle process, just before, shows what the machine does.',
    '',
    formatTable(
      ['main thread', 'p50', 'p99', 'max'],
      [row('idle', report.idleDelay), row(`${images} keyless verifications`, report.delay)],
    ),
    '',
    `Wanted: a p99 below ${WANTED_DELAY_MS} ms. It ${report.delay.p99Ms < WANTED_DELAY_MS ? 'is' : 'is not'}.`,
  ].join('\n');
}

function formatMemory({ report, startedAgain }: ImagesRun): string {
  const { before, after, answersMs, totalMs } = report;
  const images = answersMs.length * IMAGES_OF_POD;
  const row = (title: string, key: keyof ImagesReport['before']) => [
    title,
    formatNumber(before[key], 1),
    formatNumber(after[key], 1),
    formatNumber(((after[key] - before[key]) * KIB_PER_MIB) / KEPT_VERDICTS, 2),
    startedAgain === undefined ? '' : formatNumber(startedAgain.after[key], 1),
  ];
  return [
    `${formatNumber(images, 0)} images with the signature of a key, each with a verdict by its tag and one by its digest, verified in ${formatNumber(totalMs / 1000, 0)} s (${formatNumber((images * 1000) / totalMs, 0)} images/s). RSS is that of the`,
    'whole process: the connections, the caches and the free heap of the thread that verified are in it. The heap is that of the main thread after a collection.',
    `The last column is a process that starts with what the first has kept on disk: the ${formatNumber(images, 0)} verdicts by tag.`,
    '',
    formatTable(
      [
        'MiB',
        'no verdict',
        `${formatNumber(KEPT_VERDICTS, 0)} verdicts`,
        'KiB for each',
        'started again',
      ],
      [
        row('RSS', 'rss'),
        row('heap in use', 'heap'),
        row('pages of the heap', 'heapPages'),
        row('highest RSS so far', 'peakRss'),
      ],
    ),
  ].join('\n');
}
