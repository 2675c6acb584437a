/** Explains the reviews of a file: admission reviews, recorded cases, manifests, or cases that `holdfast policy test` runs. */
import { basename, dirname, resolve } from 'node:path';
import type { AdmissionRoute } from '../../admission/decide.ts';
import { parseEvaluationInput } from '../../compose/evaluate/parse-evaluation-input.ts';
import { explainReview, type ExplainedReview } from '../../compose/explain/explain-review.ts';
import { createOfflineDecider, type OfflinePath } from '../../compose/offline.ts';
import { parseRecordedFacts } from '../../compose/replay/parse-recorded-facts.ts';
import type { UserInfo } from '../../kubernetes/admission-request.ts';
import type { StartedOffline } from '../start-decider.ts';
import { configureCase } from '../testing/configure-case.ts';
import { formatReview } from '../testing/format-review.ts';
import { parseReviewFile } from '../testing/parse-review-file.ts';
import type { ReviewCase, ReviewFile } from '../testing/review-case-schema.ts';

export interface ExplainOptions {
  /** As the user gave it. */
  readonly file: string;
  /** That a relative file is relative to. */
  readonly folder: string;
  readonly bytes: Uint8Array;
  readonly route: AdmissionRoute;
  /** Judges what brings no configuration of its own. */
  readonly offline: StartedOffline;
  /** Whether the configuration that was named judges the cases of a file that has one of its own. */
  readonly isConfigured: boolean;
  /** Only the review of this name: of a case, else its place in the file. */
  readonly only?: string | undefined;
}

/** What a record says of its decision. */
export interface RecordedAnswer {
  readonly allowed: boolean;
  readonly code: string;
}

export type ExplainedFileItem =
  | {
      readonly kind: 'explained';
      readonly source: string;
      readonly review: ExplainedReview;
      /** What was decided then; absent where no record says it. */
      readonly recorded?: RecordedAnswer | undefined;
    }
  | { readonly kind: 'fault'; readonly source: string; readonly reason: string };

/** Who applies a manifest, as with `holdfast evaluate`. */
const DEVELOPER: UserInfo = { username: 'developer', groups: ['system:authenticated'] };

/** Each review in the order of the file, as soon as it is explained, and each fault. */
export async function* explainFile(options: ExplainOptions): AsyncGenerator<ExplainedFileItem> {
  const cases = parseReviewFile(options.bytes);
  if (cases.ok) yield* explainCases(cases.content, options);
  else yield* explainReviews(options);
}

async function* explainReviews(options: ExplainOptions): AsyncGenerator<ExplainedFileItem> {
  const { file, bytes, route, offline, only } = options;
  const { reviews, faults } = parseEvaluationInput(bytes, { file, user: DEVELOPER, stored: [] });
  for (const fault of faults) yield { kind: 'fault', ...fault };
  for (const { source, bytes: review } of reviews) {
    if (only !== undefined && source !== `${file}#${only}`) continue;
    const explained = await explainReview(review, { route, offline });
    yield { kind: 'explained', source, review: explained };
  }
}

async function* explainCases(
  content: ReviewFile,
  options: ExplainOptions,
): AsyncGenerator<ExplainedFileItem> {
  const { file, only } = options;
  for (const [index, reviewCase] of content.cases.entries()) {
    if (only !== undefined && reviewCase.name !== only) continue;
    const source = `${file}#${reviewCase.name}`;
    const made = formatReview(reviewCase, `case-${String(index + 1)}`);
    const facts = parseRecordedFacts(reviewCase.facts ?? {});
    if (!made.ok || facts === undefined) {
      yield {
        kind: 'fault',
        source,
        reason: made.ok ? 'facts: they are not what a record holds' : made.reason,
      };
      continue;
    }
    const started = await startCase(content, reviewCase, options);
    if (!started.ok) {
      yield { kind: 'fault', source, reason: started.reason };
      continue;
    }
    try {
      const bytes = Buffer.from(JSON.stringify(made.review));
      const review = await explainReview(bytes, {
        route: reviewCase.route,
        offline: started.offline,
        facts: reviewCase.facts === undefined ? undefined : facts,
      });
      yield { kind: 'explained', source, review };
    } finally {
      await started.close();
    }
  }
}

type StartedCase =
  | {
      readonly ok: true;
      readonly offline: OfflinePath;
      readonly close: () => Promise<void>;
    }
  | { readonly ok: false; readonly reason: string };

/** A case brings its own configuration, mode and cluster, unless another configuration was named. */
async function startCase(
  content: ReviewFile,
  reviewCase: ReviewCase,
  { file, folder: from, offline, isConfigured }: ExplainOptions,
): Promise<StartedCase> {
  if (isConfigured) return { ok: true, offline, close: () => Promise.resolve() };
  const policies = offline.runtime.engine.descriptors.map(({ name }) => name);
  // As `holdfast policy test` finds them: NAME/reviews/*.yaml.
  const folder = dirname(resolve(from, file));
  const beside = basename(dirname(folder));
  const policy = policies.includes(beside) ? beside : undefined;
  const { bundle: bundleFolder } = offline;
  const options = { file, folder, policy, policies, bundleFolder };
  const configured = configureCase(content, reviewCase, options);
  if (!configured.ok) return configured;
  const own = await createOfflineDecider(configured.configuration, {
    clusterStateObjects: content.clusterState,
  });
  return { ok: true, offline: own, close: () => own.close() };
}
