/** Recorded reviews as tests of a policy: the path of the webhook judges them, with what a file says is configured. */
import type { OfflinePath } from '../../compose/offline.ts';
import { parseRecordedFacts } from '../../compose/replay/parse-recorded-facts.ts';
import { configureCase, type JudgingBundle } from './configure-case.ts';
import { diffExpectation } from './diff-expectation.ts';
import { formatReview } from './format-review.ts';
import { listReviewFiles, readReviewFile, type ReviewFilePlace } from './read-review-file.ts';
import type { ReviewCase } from './review-case-schema.ts';
import { SharedDeciders } from './shared-deciders.ts';
import type { TestResult } from './test-result.ts';

export interface ReviewTestOptions extends JudgingBundle {
  /** The folder of the policies. */
  readonly folder: string;
}

/** Every case of every file, in order. A file that cannot be read is one failed test. */
export async function runReviewTests(options: ReviewTestOptions): Promise<readonly TestResult[]> {
  const results: TestResult[] = [];
  for (const policy of options.policies) {
    for (const place of await listReviewFiles(options.folder, policy)) {
      results.push(...(await runFile({ ...options, ...place })));
    }
  }
  return results;
}

type FileOptions = ReviewTestOptions & ReviewFilePlace;

async function runFile(options: FileOptions): Promise<readonly TestResult[]> {
  const read = await readReviewFile(options);
  if (!read.ok) return [failed(options.file, { name: 'the file', ...read })];
  const results: TestResult[] = [];
  const deciders = new SharedDeciders({ clusterStateObjects: read.content.clusterState });
  try {
    for (const [index, reviewCase] of read.content.cases.entries()) {
      const configured = configureCase(read.content, reviewCase, options);
      if (!configured.ok) {
        results.push(failed(options.file, { ...configured, name: reviewCase.name }));
        continue;
      }
      const decider = await deciders.find(configured.configuration);
      const row = read.rowOf(index);
      const uid = `case-${String(index + 1)}`;
      results.push({ ...(await runCase(reviewCase, { ...options, decider, uid })), row });
    }
    return results;
  } finally {
    await deciders.close();
  }
}

type CaseOptions = FileOptions & {
  readonly decider: OfflinePath;
  readonly uid: string;
};

async function runCase(
  reviewCase: ReviewCase,
  { file, policy, decider, uid }: CaseOptions,
): Promise<TestResult> {
  const startedAt = performance.now();
  const { name, route, expect } = reviewCase;
  const made = formatReview(reviewCase, uid);
  if (!made.ok) return failed(file, { name, reason: made.reason });
  const bytes = Buffer.from(JSON.stringify(made.review));
  const facts = parseRecordedFacts(reviewCase.facts ?? {});
  if (facts === undefined) {
    return failed(file, { name, reason: 'facts: they are not what a record holds' });
  }
  const verdict =
    reviewCase.facts === undefined
      ? await decider.decide(bytes, route)
      : await decider.decideWith(bytes, route, facts);
  const durationMs = performance.now() - startedAt;
  if (verdict.status === 'rejected') {
    return {
      ...failed(file, { name, reason: `${verdict.message} (${verdict.code})` }),
      durationMs,
    };
  }
  const differences = diffExpectation(expect, { decision: verdict.decision, policy });
  const status = differences.length === 0 ? 'passed' : 'failed';
  const reason = differences.length === 0 ? undefined : differences.join('\n');
  return { engine: 'review', file, name, status, reason, durationMs };
}

function failed(
  file: string,
  fault: { readonly name: string; readonly reason: string; readonly row?: number | undefined },
): TestResult {
  const { name, reason, row } = fault;
  return { engine: 'review', file, row, name, status: 'failed', reason, durationMs: 0 };
}
