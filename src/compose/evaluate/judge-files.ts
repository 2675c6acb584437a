/** Judges the reviews and manifests of files, as `holdfast evaluate` is asked to. */
import type { AdmissionRoute } from '../../admission/decide.ts';
import type { BoundedRead } from '../../base/read-bounded.ts';
import type { UserInfo } from '../../kubernetes/admission-request.ts';
import type { KubernetesObject } from '../../kubernetes/object.ts';
import type { OfflineDecider, OfflineVerdict } from '../offline.ts';
import {
  parseEvaluationInput,
  parseObjects,
  type EvaluationInput,
} from './parse-evaluation-input.ts';
import type { ManifestOperation } from './plan-review.ts';

/** Reads a file by the name that the user gave it. */
export type ReadFile = (file: string) => Promise<BoundedRead>;

export interface JudgedReview {
  /** `reviews.json`, `reviews.json#human-scale`, `app.yaml#document 2`. */
  readonly source: string;
  readonly verdict: OfflineVerdict;
}

/** What could not be judged. */
export type InputFault = EvaluationInput['faults'][number];

export interface JudgingOptions {
  readonly decider: Pick<OfflineDecider, 'decide'>;
  readonly readFile: ReadFile;
  readonly route: AdmissionRoute;
  /** Who applies manifests. */
  readonly user: UserInfo;
  readonly operation?: ManifestOperation | undefined;
  /** The objects that are stored when a manifest is applied. */
  readonly stored: readonly KubernetesObject[];
}

/** Each review in the order of the files, as soon as it is judged, and each fault. */
export async function* judgeFiles(
  files: readonly string[],
  { decider, readFile, route, ...input }: JudgingOptions,
): AsyncGenerator<
  | { readonly kind: 'judged'; readonly review: JudgedReview }
  | { readonly kind: 'fault'; readonly fault: InputFault }
> {
  for (const file of files) {
    const read = await readFile(file);
    const { reviews, faults } = read.ok
      ? parseEvaluationInput(read.bytes, { ...input, file })
      : { reviews: [], faults: [unreadable(file, read.reason)] };
    for (const fault of faults) yield { kind: 'fault', fault };
    for (const { source, bytes } of reviews) {
      yield { kind: 'judged', review: { source, verdict: await decider.decide(bytes, route) } };
    }
  }
}

/** The objects of files of manifests, and what in them is none. */
export async function readObjects(
  files: readonly string[],
  readFile: ReadFile,
): Promise<{
  readonly objects: readonly KubernetesObject[];
  readonly faults: readonly InputFault[];
}> {
  const objects: KubernetesObject[] = [];
  const faults: InputFault[] = [];
  for (const file of files) {
    const read = await readFile(file);
    if (!read.ok) {
      faults.push(unreadable(file, read.reason));
      continue;
    }
    const found = parseObjects(read.bytes, file);
    objects.push(...found.objects);
    faults.push(...found.faults);
  }
  return { objects, faults };
}

function unreadable(file: string, reason: string): InputFault {
  return { source: file, reason: `Cannot read the file: ${reason}` };
}
