/** The recorded reviews that every server under test is asked about. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { z } from 'zod';

/** The repository's root. */
export const REPOSITORY_ROOT = join(import.meta.dirname, '..', '..');

/** The sources of the ten policies. */
export const POLICY_FOLDER = join(REPOSITORY_ROOT, 'test', 'bench', 'policies');

const RECORDINGS = [
  join(REPOSITORY_ROOT, 'test', 'fixtures', 'recorded-day.json'),
  join(REPOSITORY_ROOT, '..', 'shared', 'data', 'admission-reviews', 'recorded.json'),
];

const reviewSchema = z.looseObject({
  request: z.looseObject({
    uid: z.string(),
    operation: z.string(),
    kind: z.looseObject({ kind: z.string() }),
    subResource: z.string().optional(),
    name: z.string().optional(),
    namespace: z.string().optional(),
  }),
});
type Review = z.infer<typeof reviewSchema>;

const recordingSchema = z.union([
  z.object({ cases: z.array(z.looseObject({ review: reviewSchema })) }),
  z.array(z.looseObject({ review: reviewSchema })).transform((cases) => ({ cases })),
]);

/** One review of the benchmark. */
export interface BenchReview {
  /** For a reader: `Pod CREATE`. */
  readonly title: string;
  /** The whole AdmissionReview, as it is posted. */
  readonly body: string;
  /** The AdmissionRequest alone. */
  readonly request: Review['request'];
  /** Whether the decision is recorded, because a policy has something to say. */
  readonly recorded: boolean;
}

/** The first recording that is there. */
export function findRecording(): string {
  const path = RECORDINGS.find((candidate) => existsSync(candidate));
  if (path === undefined) {
    throw new Error(`Found no recorded reviews: looked for ${RECORDINGS.join(' and ')}`);
  }
  return path;
}

/** Every review of the recording. */
export function readRecordedReviews(): readonly BenchReview[] {
  const recording = recordingSchema.parse(JSON.parse(readFileSync(findRecording(), 'utf8')));
  return recording.cases.map(({ review }) => ({
    title: titleOf(review.request),
    body: JSON.stringify(review),
    request: review.request,
    recorded: true,
  }));
}

/** The names of the measured reviews, as the tables call them. */
export const QUIET = 'quiet Pod CREATE';
export const RECORDED = 'recorded Pod CREATE';

/**
 * The reviews that are measured: a Pod to which no policy objects, so that nothing is recorded; the same Pod as it was recorded, without limits, which
 * ends in a warning and therefore in a record; and a large one with both states of an object.
 */
export function selectBenchReviews(reviews: readonly BenchReview[]): readonly BenchReview[] {
  const pod = pick(reviews, 'Pod CREATE', (body) => body.includes('replicaset-controller'));
  return [
    { ...pod, title: QUIET, body: withLimits(pod.body), recorded: false },
    { ...pod, title: RECORDED },
    pick(reviews, 'Deployment UPDATE', (body) => body.includes('generic-garbage-collector')),
  ];
}

/** The same review with images that no policy allows: asked before anything is measured, so that a server which allows all is found out. */
export function refuseReview({ title, body, request }: BenchReview): BenchReview {
  const refused = body.replaceAll(
    /"registry\.local\/([^":]+):[^"]+"/gu,
    '"registry.invalid/$1:latest"',
  );
  if (refused === body) throw new Error(`"${title}" must have an image of registry.local`);
  return { title: `refused: ${title}`, body: refused, request, recorded: true };
}

/** The container as the policy container_limits wants it. */
function withLimits(body: string): string {
  const limited = body.replaceAll(
    '"resources":{},',
    '"resources":{"limits":{"cpu":"500m","memory":"256Mi"}},',
  );
  if (limited === body) throw new Error('The recorded Pod must have a container without limits');
  return limited;
}

function pick(
  reviews: readonly BenchReview[],
  title: string,
  prefer: (body: string) => boolean,
): BenchReview {
  const ofKind = reviews.filter((review) => review.title === title);
  const found = ofKind.find(({ body }) => prefer(body)) ?? ofKind[0];
  if (found === undefined) throw new Error(`The recording holds no review "${title}"`);
  return found;
}

function titleOf({ kind, subResource, operation }: Review['request']): string {
  return `${kind.kind}${subResource === undefined ? '' : `/${subResource}`} ${operation}`;
}

/** A review that only the runaway policy of this namespace matches. */
export function runawayReview(namespace: string): string {
  const metadata = { name: 'endless', namespace };
  return JSON.stringify({
    apiVersion: 'admission.k8s.io/v1',
    kind: 'AdmissionReview',
    request: {
      uid: '5f0d1f3e-0c55-4d61-9a6e-1f6f7c1f0a01',
      kind: { group: '', version: 'v1', kind: 'ConfigMap' },
      resource: { group: '', version: 'v1', resource: 'configmaps' },
      ...metadata,
      operation: 'CREATE',
      userInfo: { username: 'bench', groups: ['system:authenticated'] },
      object: { apiVersion: 'v1', kind: 'ConfigMap', metadata, data: { key: 'value' } },
      oldObject: null,
      dryRun: false,
      options: null,
    },
  });
}
