/** A recorded day: the admission reviews that a real API server sent, with what is expected of each. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { PACKAGE_FOLDER } from '../base/package-folder.ts';
import { HoldfastError } from '../errors.ts';

/** The folder of the included recording and its configuration, which tests use too. */
export const RECORDED_DAY_FOLDER = join(PACKAGE_FOLDER, 'test', 'fixtures');

const caseSchema = z.looseObject({
  action: z.string(),
  expect: z.string(),
  note: z.string().nullish(),
  review: z.looseObject({ request: z.looseObject({ uid: z.string() }) }),
});

const daySchema = z.looseObject({ cases: z.array(caseSchema).min(1) });

export type RecordedCase = z.infer<typeof caseSchema>;

/** Reads the cases of a recording. Throws `input_unreadable` if it is not a recording. */
export async function readRecordedDay(file: string): Promise<readonly RecordedCase[]> {
  const parsed = daySchema.safeParse(await readJson(file));
  if (parsed.success) return parsed.data.cases;
  const [issue] = parsed.error.issues;
  throw new HoldfastError(
    'recording_unreadable',
    `"${file}" is no recording: ${issue?.path.map(String).join('.') ?? ''}: ${issue?.message ?? ''}`,
  );
}

async function readJson(file: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(file, 'utf8'));
  } catch (cause) {
    throw new HoldfastError('recording_unreadable', `Cannot read the recording "${file}"`, {
      cause,
    });
  }
}

/**
 * What a cluster would have known before a review was sent: each object as it is seen first. A replay answers lookups from it,
 * so that a Scale finds its Deployment. A Namespace as it is seen last: what is asked of one is whether it is going. An owner
 * as the reviews before left it, for its controllers followed: the recording was made while nobody refused anything.
 */
export function foldClusterState(
  cases: readonly RecordedCase[],
  reviewsBefore = 0,
): readonly unknown[] {
  const firstSeen = new Map<string, unknown>();
  for (const { review } of cases) {
    const { object, oldObject, subResource = '' } = review.request;
    const seen = oldObject ?? object;
    const key = keyOf(seen);
    const isNamespace = key?.startsWith('v1 Namespace ') === true;
    if (!isNamespace && subResource !== '' && subResource !== 'status') continue;
    if (key !== undefined && (isNamespace || !firstSeen.has(key))) firstSeen.set(key, seen);
  }
  for (const { review } of cases.slice(0, reviewsBefore)) applyReview(review.request, firstSeen);
  return [...firstSeen.values()];
}

/** What owns others: its children are made and collected as it comes and goes. */
const OWNERS = [
  'v1 Service',
  'apps/v1 DaemonSet',
  'apps/v1 Deployment',
  'apps/v1 ReplicaSet',
  'apps/v1 StatefulSet',
  'batch/v1 CronJob',
  'batch/v1 Job',
];

function applyReview(
  { operation, object, oldObject, subResource = '', dryRun }: RecordedCase['review']['request'],
  state: Map<string, unknown>,
): void {
  const key = keyOf(object ?? oldObject);
  if (key === undefined || subResource !== '' || dryRun === true) return;
  if (!OWNERS.some((kind) => key.startsWith(`${kind} `))) return;
  if (operation === 'DELETE') state.delete(key);
  else state.set(key, object);
}

const identifiedSchema = z.looseObject({
  apiVersion: z.string(),
  kind: z.string(),
  metadata: z.looseObject({ name: z.string(), namespace: z.string().optional() }),
});

function keyOf(object: unknown): string | undefined {
  const parsed = identifiedSchema.safeParse(object);
  if (!parsed.success) return undefined;
  const { apiVersion, kind, metadata } = parsed.data;
  return [apiVersion, kind, metadata.namespace ?? '', metadata.name].join(' ');
}
