/**
 * What the judgement of commits costs a request: the thread, git, the repository and its signature are real. A thousand applications at
 * one new commit come first, then the same questions with the verdict in the cache.
 */
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { addMs, systemClock } from '../../src/base/clock.ts';
import { systemWait } from '../../src/base/wait.ts';
import { CommitBinder } from '../../src/compose/bind-commits.ts';
import { configurationSchema } from '../../src/config/schema.ts';
import { applicationReference } from '../../src/kubernetes/object-reference.ts';
import type { CommitOrigin, JudgeCommits } from '../../src/source/find-source.ts';
import { makeSigningKeys } from '../support/commits/signing-keys.ts';
import { recordTelemetry } from '../support/recording-telemetry.ts';
import { waitUntil } from '../support/wait-until.ts';
import { describeMachine } from './machine.ts';
import { percentile } from './percentile.ts';
import { formatNumber, formatTable } from './report-format.ts';
import { readApplication } from '../../src/source/read-application.ts';

const APPLICATIONS = 1000;
const WARM_UP_ROUNDS = 5;
const DEADLINE_MS = 25_000;
const WANTED_P50_US = 20;
const FETCHES = 'holdfast_mirror_fetches_total{outcome="done"}';
/** An Application lists what it applied. */
const RESOURCES = 20;

/** Runs so many rounds over all applications, and returns the report. */
export async function measureCommits({
  workFolder,
  rounds,
}: {
  readonly workFolder: string;
  readonly rounds: number;
}): Promise<string> {
  const machine = describeMachine();
  const keys = makeSigningKeys();
  const telemetry = recordTelemetry();
  const binder = new CommitBinder({
    lookup: {
      lookupFresh: () => Promise.reject(new Error('Nothing is looked up here')),
      argocdSettings: () => undefined,
    },
    environment: { PATH: process.env['PATH'] },
    clock: systemClock,
    wait: systemWait,
    isLive: false,
    ...telemetry,
  });
  try {
    const { url, objectId } = makeRepository(join(workFolder, 'repository'), keys.accepted);
    const { judgeCommits } = await binder.bind(configure(workFolder, keys.commits));
    if (judgeCommits === undefined) throw new Error('The configuration judges commits');
    const origins = Array.from({ length: APPLICATIONS }, (_, index) =>
      originOf({ url, objectId, index }),
    );
    const coldMs = await elapsedMs(() => judgeAll(judgeCommits, origins));
    await measureRounds(WARM_UP_ROUNDS, origins, judgeCommits);
    const cached = await measureRounds(rounds, origins, judgeCommits);
    const count = async (metric: string): Promise<string> =>
      (await telemetry.exposed(metric))[0]?.split(' ').at(-1) ?? '0';
    // The thread reports its metrics twice a second.
    await waitUntil(async () => (await count(FETCHES)) !== '0');
    const sorted = cached.toSorted((a, b) => a - b);
    const p50 = percentile(sorted, 50);
    return [
      '# What the judgement of commits costs',
      '',
      `${APPLICATIONS} applications of one project at one new commit, each with another path, asked for at once: ${formatNumber(coldMs, 0)} ms for all of`,
      `them. Commits judged: ${await count('holdfast_commits_judged_total{outcome="judged"}')}; runs of git fetch: ${await count(FETCHES)}. Then the same with the verdict in the cache, ${rounds} times,`,
      'one at a time: parsing the Application, its rule, the verdict, the fact. Microseconds. Written by `npm run bench -- --commits`.',
      '',
      formatTable(
        ['step', 'p50', 'p90', 'p99'],
        [
          [
            'a verdict from the cache',
            ...[50, 90, 99].map((share) => formatNumber(percentile(sorted, share), 1)),
          ],
        ],
      ),
      '',
      `Wanted: a p50 below ${WANTED_P50_US} µs. It ${p50 < WANTED_P50_US ? 'is' : 'is not'}.`,
      '',
      `${machine.cpuModel}, ${machine.cores} cores, ${formatNumber(machine.memoryMib, 0)} MiB, ${machine.kernel}, Node ${machine.node}; ` +
        `load average before the run ${formatNumber(machine.loadAverage, 2)}.`,
      '',
    ].join('\n');
  } finally {
    await binder.close();
    keys.close();
  }
}

/** Microseconds of each question. */
async function measureRounds(
  rounds: number,
  origins: readonly CommitOrigin[],
  judgeCommits: JudgeCommits,
): Promise<readonly number[]> {
  const measured: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    for (const origin of origins) {
      measured.push((await elapsedMs(() => judgeAll(judgeCommits, [origin]))) * 1000);
    }
  }
  return measured;
}

function makeRepository(
  folder: string,
  signing: Readonly<Record<string, string>>,
): { readonly url: string; readonly objectId: string } {
  const identity = ['-c', 'user.name=Grace', '-c', 'user.email=grace@example.com'];
  const settings = Object.entries(signing).flatMap(([key, value]) => ['-c', `${key}=${value}`]);
  const git = (...argv: readonly string[]): string =>
    execFileSync('git', [...identity, ...settings, ...argv], {
      encoding: 'utf8',
      env: { ...process.env, GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_NOSYSTEM: '1' },
    }).trimEnd();
  git('init', '--quiet', '--initial-branch=main', folder);
  git('-C', folder, 'commit', '--quiet', '--allow-empty', '--message', 'Release');
  return { url: `file://${folder}`, objectId: git('-C', folder, 'rev-parse', 'HEAD') };
}

function configure(workFolder: string, keys: object) {
  return configurationSchema.parse({
    commits: {
      ...keys,
      folder: join(workFolder, 'verdicts'),
      waitMs: 20_000,
      rules: [
        {
          name: 'platform',
          repositories: ['file:///**'],
          signers: [{ scheme: 'ssh', principal: 'grace@example.com' }],
        },
      ],
    },
    mirrors: { folder: join(workFolder, 'mirrors'), fileFolders: [workFolder] },
  });
}

function originOf(at: {
  readonly url: string;
  readonly objectId: string;
  readonly index: number;
}): CommitOrigin {
  const name = `app-${at.index}`;
  const resources = Array.from({ length: RESOURCES }, (_, index) => ({
    group: 'apps',
    version: 'v1',
    kind: 'Deployment',
    namespace: name,
    name: `web-${index}`,
    status: 'Synced',
  }));
  return {
    reference: applicationReference('argocd', name),
    application: readApplication({
      metadata: { name, namespace: 'argocd' },
      spec: {
        project: 'default',
        source: { repoURL: at.url, path: `apps/${name}`, targetRevision: 'main' },
      },
      status: {
        resources,
        sync: { revision: at.objectId },
        operationState: {
          phase: 'Running',
          startedAt: '2026-01-05T12:00:00Z',
          operation: { sync: { revision: at.objectId } },
        },
      },
    }),
  };
}

async function judgeAll(
  judgeCommits: JudgeCommits,
  origins: readonly CommitOrigin[],
): Promise<void> {
  const deadlineAtMs = addMs(systemClock.monotonicMs(), DEADLINE_MS);
  const answers = await Promise.all(origins.map((origin) => judgeCommits(origin, deadlineAtMs)));
  for (const answer of answers) {
    const status = answer.status === 'known' ? answer.value.commits[0]?.status : answer.status;
    if (status !== 'verified') {
      throw new Error(`A commit is ${status ?? 'missing'}, and not verified`);
    }
  }
}

async function elapsedMs(work: () => Promise<void>): Promise<number> {
  const startedAt = performance.now();
  await work();
  return performance.now() - startedAt;
}
