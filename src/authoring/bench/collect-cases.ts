/**
 * The recorded reviews of a folder of policies as cases to measure: the path of the webhook gathers the facts of each, and what it gives to
 * the policies is kept.
 */
import { createOfflineDecider } from '../../compose/offline.ts';
import { judgeFiles, type InputFault, type ReadFile } from '../../compose/evaluate/judge-files.ts';
import { planUser } from '../../compose/evaluate/plan-user.ts';
import type { Configuration } from '../../config/schema.ts';
import type { EvaluationInput } from '../../admission/ports.ts';
import type { KubernetesObject } from '../../kubernetes/object.ts';
import type { PolicyDescriptor } from '../../policy/descriptor.ts';
import { InputPlans } from '../../policy/input-plans.ts';
import { formatInput } from '../../policy/wasm/format-input.ts';
import { formatReview } from '../testing/format-review.ts';
import { configureCase, type JudgingBundle } from '../testing/configure-case.ts';
import {
  listReviewFiles,
  readReviewFile,
  type ReviewFilePlace,
} from '../testing/read-review-file.ts';
import type { ReviewCase } from '../testing/review-case-schema.ts';
import { SharedDeciders } from '../testing/shared-deciders.ts';
import type { BenchCase } from './bench-case.ts';

/** Of one policy. More tell no more about it, and each is kept in memory. */
export const CASES_MAX = 1000;
/** Of all cases: what a process keeps without trouble. */
const INPUT_BYTES_MAX = 256 * 1024 * 1024;

export interface CollectOptions extends JudgingBundle {
  /** The folder of the policies. */
  readonly folder: string;
  /** Those to measure. */
  readonly measured: readonly string[];
}

/** Reviews that lie elsewhere. */
export interface GivenReviews {
  /** Files in any form that `holdfast evaluate` reads. */
  readonly files: readonly string[];
  readonly readFile: ReadFile;
  /** What they are judged with; its bundle is not used. */
  readonly configuration: Configuration;
  readonly clusterStateObjects: readonly KubernetesObject[];
}

/** Collects the cases of each policy, as many as are measured. */
export class CaseCollection {
  readonly faults: InputFault[] = [];
  readonly #measured: ReadonlySet<string>;
  readonly #cases = new Map<string, BenchCase[]>();
  readonly #plans = new InputPlans();
  #bytes = 0;

  constructor(measured: readonly string[]) {
    this.#measured = new Set(measured);
  }

  /** Of one policy, in the order in which they were collected. */
  casesOf(policy: string): readonly BenchCase[] {
    return this.#cases.get(policy) ?? [];
  }

  addAll(inputs: readonly EvaluationInput[], review: string): void {
    for (const input of inputs) {
      for (const policy of input.policies) this.#addPolicy(policy, input, review);
    }
  }

  #addPolicy(policy: PolicyDescriptor, given: EvaluationInput, review: string): void {
    const { name } = policy;
    const cases = this.#cases.get(name) ?? [];
    if (!this.#measured.has(name) || cases.length >= CASES_MAX) return;
    const facts = pickFacts(policy, given.facts);
    const plan = this.#plans.find(name, [policy], { configured: given.parameters, facts });
    const { requestJson, requestOutline } = given;
    const input = formatInput({ requestJson, requestOutline, facts, ...plan });
    this.#bytes += input.byteLength;
    if (this.#bytes > INPUT_BYTES_MAX) return;
    cases.push({ policy: name, review, input });
    this.#cases.set(name, cases);
  }
}

/** As if no other policy had asked for facts of its own. */
function pickFacts({ facts, optionalFacts }: PolicyDescriptor, gathered: object): object {
  const read = new Set<string>(['cluster', ...facts, ...optionalFacts]);
  return Object.fromEntries(Object.entries(gathered).filter(([name]) => read.has(name)));
}

/** The reviews beside the policies: each is measured on the policy that it lies beside, and on others where its file says so. */
export async function collectOwnReviews(
  collection: CaseCollection,
  { folder, measured, ...bundle }: CollectOptions,
): Promise<void> {
  for (const policy of measured) {
    for (const place of await listReviewFiles(folder, policy)) {
      await collectFile(collection, { ...place, ...bundle });
    }
  }
}

async function collectFile(
  collection: CaseCollection,
  place: ReviewFilePlace & JudgingBundle,
): Promise<void> {
  const read = await readReviewFile(place);
  if (!read.ok) {
    const line = read.row === undefined ? '' : `line ${String(read.row)}: `;
    collection.faults.push({ source: place.file, reason: `${line}${read.reason}` });
    return;
  }
  let source = '';
  const onEvaluation = (input: EvaluationInput): void => collection.addAll([input], source);
  const { clusterState: clusterStateObjects, cases } = read.content;
  const deciders = new SharedDeciders({ clusterStateObjects, onEvaluation });
  try {
    for (const [index, reviewCase] of cases.entries()) {
      source = `${place.file}#${reviewCase.name}`;
      const configured = configureCase(read.content, asJudged(reviewCase), place);
      const made = formatReview(reviewCase, `case-${String(index + 1)}`);
      if (!configured.ok || !made.ok) {
        const reason = configured.ok ? '' : configured.reason;
        collection.faults.push({ source, reason: made.ok ? reason : made.reason });
        continue;
      }
      const decider = await deciders.find(configured.configuration);
      await decider.decide(Buffer.from(JSON.stringify(made.review)), reviewCase.route);
    }
  } finally {
    await deciders.close();
  }
}

/** What becomes of findings costs nothing in the policy: a decider for each mode would only be slower. */
function asJudged(reviewCase: ReviewCase): ReviewCase {
  return reviewCase.mode === 'off' ? reviewCase : { ...reviewCase, mode: 'enforce' };
}

/** Reviews that lie elsewhere: each is measured on every policy that matches it. */
export async function collectGivenReviews(
  collection: CaseCollection,
  { files, readFile, configuration, clusterStateObjects }: GivenReviews,
  { bundleFolder }: Pick<CollectOptions, 'bundleFolder'>,
): Promise<void> {
  if (files.length === 0) return;
  const policies = { ...configuration.policies, bundle: bundleFolder, keys: [], server: undefined };
  const waiting: EvaluationInput[] = [];
  const decider = await createOfflineDecider(
    { ...configuration, policies },
    { clusterStateObjects, onEvaluation: (input) => waiting.push(input) },
  );
  const user = planUser({ username: 'developer', groups: [], extra: [] });
  try {
    const judged = judgeFiles(files, {
      decider,
      readFile,
      route: 'validate',
      user: user.ok ? user.user : { username: 'developer' },
      stored: clusterStateObjects,
    });
    for await (const found of judged) {
      if (found.kind === 'fault') collection.faults.push(found.fault);
      else collection.addAll(waiting, found.review.source);
      waiting.length = 0;
    }
  } finally {
    await decider.close();
  }
}
