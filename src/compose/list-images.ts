/** Lists the images of a cluster's Pods, and says of each whether somebody who is trusted has signed it. */
import { addMs, type Clock, type MonotonicMs } from '../base/clock.ts';
import { parseRunningImages } from '../image/parse-running-images.ts';
import { formatReference, type ImageReference } from '../image/parse-reference.ts';
import {
  formatCredentialScope,
  pullSecretsOf,
  type PullScope,
} from '../image/registry/pull-scope.ts';
import { IMAGE_LIMITS } from '../image/settings.ts';
import type { ClusterClient } from '../kubernetes/client/cluster-client.ts';
import { formatListPath } from '../kubernetes/client/format-api-path.ts';
import { listPages } from '../kubernetes/client/list-pages.ts';
import type { KubernetesObject } from '../kubernetes/object.ts';
import { PodImages, type PodImage } from './pod-images.ts';

/** What is known of an image. */
export type ImageFinding =
  | {
      readonly status: 'signed';
      readonly digest: string;
      /** Who signed: completes `signed by `. */
      readonly signers: readonly string[];
    }
  /** No signature of somebody who is trusted. */
  | { readonly status: 'unsigned'; readonly code: string; readonly reason: string }
  /** Finally: the name is none, or the registry refuses. */
  | { readonly status: 'unreadable'; readonly code?: string | undefined; readonly reason: string }
  /** Nobody can tell now. */
  | { readonly status: 'unavailable'; readonly reason: string }
  /** No rule names it. */
  | { readonly status: 'unjudged' };

export interface ListedImage extends Omit<PodImage, 'subject'> {
  readonly finding: ImageFinding;
}

export interface ImageListing {
  readonly status: 'listed';
  readonly pods: number;
  readonly namespaces: number;
  readonly images: readonly ListedImage[];
}

export type ImageListingReading =
  ImageListing | { readonly status: 'unavailable'; readonly reason: string };

/** An image to verify, with the credentials of the Pods that run it. */
export interface AskedImage {
  readonly reference: ImageReference;
  readonly scopes: readonly PullScope[];
}

/** Never rejects. */
export type JudgeListed = (asked: AskedImage) => Promise<ImageFinding>;

export interface ListImagesOptions {
  readonly client: Pick<ClusterClient, 'read'>;
  /** Absent: of all namespaces. */
  readonly namespace?: string | undefined;
  readonly judge: JudgeListed;
  readonly clock: Clock;
}

const PODS = { group: '', version: 'v1', resource: 'pods', kind: 'Pod' } as const;
const PODS_MAX = IMAGE_LIMITS['image.list.podsMax'].default;
const PAGE_PODS = IMAGE_LIMITS['image.list.pagePods'].default;
const READ_TIMEOUT_MS = IMAGE_LIMITS['image.list.readTimeoutMs'].default;
const IMAGES_MAX = IMAGE_LIMITS['image.list.imagesMax'].default;
const CONCURRENT_MAX = IMAGE_LIMITS['image.list.concurrentMax'].default;
const TOTAL_TIMEOUT_MS = IMAGE_LIMITS['image.list.totalTimeoutMs'].default;

/**
 * Lists every Pod, also one that has ended, as its Job runs again, and verifies each image once. Never rejects: what was not verified
 * in time is `unavailable`.
 */
export async function listImages(options: ListImagesOptions): Promise<ImageListingReading> {
  const { clock, judge } = options;
  const deadlineAtMs = addMs(clock.monotonicMs(), TOTAL_TIMEOUT_MS);
  const collected = new PodImages();
  const fault = await collectPods(options, collected);
  if (fault !== undefined) return { status: 'unavailable', reason: fault };
  const images = collected.list();
  const findings = await judgeEach(groupByReference(images), { judge, clock, deadlineAtMs });
  const { pods, namespaces } = collected;
  return {
    status: 'listed',
    pods,
    namespaces,
    images: images.map((image) => describe(image, findings)),
  };
}

/** Why the Pods could not be listed. */
async function collectPods(
  { client, clock, namespace }: ListImagesOptions,
  collected: PodImages,
): Promise<string | undefined> {
  const path = formatListPath(PODS, namespace);
  if (path === undefined) return `"${namespace ?? ''}" is no name of a namespace`;
  const end = await listPages(path, {
    read: async (page, accept) =>
      await client.read(page, {
        deadlineAtMs: addMs(clock.monotonicMs(), READ_TIMEOUT_MS),
        accept,
      }),
    pageObjects: PAGE_PODS,
    pagesMax: Math.ceil(PODS_MAX / PAGE_PODS),
    visit: (pods) => {
      for (const pod of pods) collected.add(parseRunningImages(pod), scopeOf(pod));
      return collected.size > IMAGES_MAX;
    },
  });
  switch (end.status) {
    case 'listed':
      return undefined;
    case 'stopped':
      return `There are more than ${IMAGES_MAX} different images`;
    case 'absent':
      return 'The API server has no Pods';
    case 'unavailable':
      return end.reason;
  }
}

function scopeOf(pod: KubernetesObject): PullScope {
  return { namespace: pod.metadata?.namespace ?? '', ...pullSecretsOf(pod['spec']) };
}

/** Each once, whatever its tags are; by the one form of the reference. */
function groupByReference(images: readonly PodImage[]): ReadonlyMap<string, AskedImage> {
  const asked = new Map<string, AskedImage>();
  for (const { subject } of images) {
    if (subject.status === 'unreadable') continue;
    const { reference, scopes } = subject;
    const key = formatReference(reference);
    const all = [...(asked.get(key)?.scopes ?? []), ...scopes];
    const distinct = new Map(all.map((scope) => [formatCredentialScope(scope), scope]));
    asked.set(key, { reference, scopes: [...distinct.values()] });
  }
  return asked;
}

interface JudgeEachOptions extends Pick<ListImagesOptions, 'judge' | 'clock'> {
  readonly deadlineAtMs: MonotonicMs;
}

async function judgeEach(
  asked: ReadonlyMap<string, AskedImage>,
  { judge, clock, deadlineAtMs }: JudgeEachOptions,
): Promise<ReadonlyMap<string, ImageFinding>> {
  const findings = new Map<string, ImageFinding>();
  const rest = asked.entries();
  const work = async (): Promise<void> => {
    for (const [key, image] of rest) {
      const isLate = clock.monotonicMs() >= deadlineAtMs;
      findings.set(key, isLate ? NO_TIME : await judge(image));
    }
  };
  await Promise.all(Array.from({ length: CONCURRENT_MAX }, work));
  return findings;
}

const NO_TIME: ImageFinding = {
  status: 'unavailable',
  reason: `It was not verified within ${TOTAL_TIMEOUT_MS} ms: list one namespace with --namespace`,
};

function describe(
  { subject, ...image }: PodImage,
  findings: ReadonlyMap<string, ImageFinding>,
): ListedImage {
  if (subject.status === 'unreadable') return { ...image, finding: subject };
  const finding = findings.get(formatReference(subject.reference)) ?? NO_TIME;
  return { ...image, finding };
}
