/** Recorded reviews as tests of a policy: the path of the webhook judges them, with what a file says is configured. */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { readBounded } from '../../base/read-bounded.ts';
import { parseYaml } from '../../base/parse-yaml.ts';
import { createOfflineDecider, type OfflineDecider } from '../../compose/offline.ts';
import { parseConfiguration } from '../../config/parse-configuration.ts';
import type { Configuration } from '../../config/schema.ts';
import { diffExpectation } from './diff-expectation.ts';
import { formatReview } from './format-review.ts';
import { reviewFileSchema, type ReviewCase, type ReviewFile } from './review-case-schema.ts';
import type { TestResult } from './test-result.ts';

export interface ReviewTestOptions {
  /** The folder of the policies. */
  readonly folder: string;
  readonly policies: readonly string[];
  /** The folder of the bundle that was built from them. */
  readonly bundleFolder: string;
}

/** A recording of a day has a few megabytes. */
const FILE_BYTES_MAX = 16 * 1024 * 1024;
/** A file written by hand repeats an object some times. */
const ALIASES_MAX = 1000;

/** Every case of every file, in order. A file that cannot be read is one failed test. */
export async function runReviewTests(options: ReviewTestOptions): Promise<readonly TestResult[]> {
  const results: TestResult[] = [];
  for (const policy of options.policies) {
    for (const file of await listFiles(join(options.folder, policy, 'reviews'))) {
      results.push(...(await runFile({ ...options, policy, file: `${policy}/reviews/${file}` })));
    }
  }
  return results;
}

async function listFiles(folder: string): Promise<readonly string[]> {
  const names = await readdir(folder).catch(() => []);
  return names.filter((name) => /\.ya?ml$/u.test(name)).toSorted();
}

interface FileOptions extends ReviewTestOptions {
  readonly policy: string;
  readonly file: string;
}

async function runFile(options: FileOptions): Promise<readonly TestResult[]> {
  const read = await readReviewFile(options);
  if (!read.ok) return [failed(options.file, { name: 'the file', ...read })];
  const results: TestResult[] = [];
  const deciders = new Map<string, OfflineDecider>();
  try {
    for (const [index, reviewCase] of read.content.cases.entries()) {
      const configured = configure(read.content, reviewCase, options);
      if (!configured.ok) {
        results.push(failed(options.file, { ...configured, name: reviewCase.name }));
        continue;
      }
      // Cases that are configured alike share a decider: to start one takes some milliseconds.
      const key = JSON.stringify(configured.configuration.policies);
      const { clusterState: clusterStateObjects } = read.content;
      const decider =
        deciders.get(key) ??
        (await createOfflineDecider(configured.configuration, { clusterStateObjects }));
      deciders.set(key, decider);
      const row = read.rowOf(index);
      const uid = `case-${String(index + 1)}`;
      results.push({ ...(await runCase(reviewCase, { ...options, decider, uid })), row });
    }
    return results;
  } finally {
    for (const decider of deciders.values()) await decider.close();
  }
}

type ReadFile =
  | {
      readonly ok: true;
      readonly content: ReviewFile;
      readonly rowOf: (index: number) => number | undefined;
    }
  | { readonly ok: false; readonly reason: string; readonly row?: number | undefined };

async function readReviewFile({ folder, file }: FileOptions): Promise<ReadFile> {
  const read = await readBounded(join(folder, file), FILE_BYTES_MAX);
  if (!read.ok) return { ok: false, reason: `it cannot be read: ${read.reason}` };
  const text = Buffer.from(read.bytes).toString('utf8');
  const yaml = parseYaml(text, { dialect: 'kubernetes', aliasesMax: ALIASES_MAX });
  if (!yaml.ok) {
    const [fault] = yaml.faults;
    return { ok: false, reason: `it is no YAML: ${fault?.message ?? ''}`, row: fault?.line };
  }
  const [document] = yaml.documents;
  const parsed = reviewFileSchema.safeParse(document?.value);
  if (parsed.success) {
    const rowOf = (index: number): number | undefined =>
      document?.locate(['cases', index, 'name'], 'key').line;
    return { ok: true, content: parsed.data, rowOf };
  }
  const [issue] = parsed.error.issues;
  const path = (issue?.path ?? []).filter((key) => typeof key !== 'symbol');
  const reason = `${path.join('.')}: ${issue?.message ?? ''}`;
  return { ok: false, reason, row: document?.locate(path, 'value').line };
}

type Configured =
  | { readonly ok: true; readonly configuration: Configuration }
  | { readonly ok: false; readonly reason: string };

function configure(
  { configuration, policies: judging }: ReviewFile,
  { mode, parameters = {} }: ReviewCase,
  { folder, file, policy, policies, bundleFolder }: FileOptions,
): Configured {
  const others = policies.filter((name) => name !== policy && judging === 'own');
  const settings: Readonly<Record<string, object>> = {
    ...Object.fromEntries(others.map((name) => [name, { mode: 'off' }])),
    [policy]: { mode, parameters },
  };
  const written = {
    cluster: { name: 'test' },
    ...configuration,
    policies: { ...recordOf(configuration['policies']), bundle: bundleFolder, settings },
  };
  const parsed = parseConfiguration(JSON.stringify(written), { file, folder });
  if (parsed.ok) return parsed;
  const [problem] = parsed.problems;
  return { ok: false, reason: `configuration: ${problem?.path ?? ''}: ${problem?.message ?? ''}` };
}

function recordOf(value: unknown): object {
  return typeof value === 'object' && value !== null ? value : {};
}

interface CaseOptions extends FileOptions {
  readonly decider: OfflineDecider;
  readonly uid: string;
}

async function runCase(
  reviewCase: ReviewCase,
  { file, policy, decider, uid }: CaseOptions,
): Promise<TestResult> {
  const startedAt = performance.now();
  const { name, route, expect } = reviewCase;
  const made = formatReview(reviewCase, uid);
  if (!made.ok) return failed(file, { name, reason: made.reason });
  const verdict = await decider.decide(Buffer.from(JSON.stringify(made.review)), route);
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
