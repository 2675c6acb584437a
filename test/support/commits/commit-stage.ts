/** The judgement of commits as a serving process has it: the real thread and the real git, and a cluster in memory. */
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { addMs, systemClock } from '../../../src/base/clock.ts';
import { systemWait } from '../../../src/base/wait.ts';
import { CommitBinder } from '../../../src/compose/bind-commits.ts';
import { configurationSchema, type Configuration } from '../../../src/config/schema.ts';
import {
  applicationReference,
  type ObjectReference,
} from '../../../src/kubernetes/object-reference.ts';
import { formatApplication } from '../../../src/source/commits/deployed-commits.ts';
import type { CommitFact } from '../../../src/source/commits/commit-fact.ts';
import type { CommitOrigin, JudgeCommits } from '../../../src/source/find-source.ts';
import type { ObjectLookup } from '../../../src/kubernetes/lookup/lookup.ts';
import type { ArgocdSettings } from '../../../src/kubernetes/lookup/parse-argocd-settings.ts';
import type { KubernetesObject } from '../../../src/kubernetes/object.ts';
import { recordTelemetry, type RecordingTelemetry } from '../recording-telemetry.ts';
import { openGitWorkshop, type GitWorkshop } from '../signatures/git-workshop.ts';
import { readApplication } from '../../../src/source/read-application.ts';

export interface CommitStage {
  readonly workshop: GitWorkshop;
  /** Of the repository, as an application writes it. */
  readonly url: string;
  /** The path of the key of the one accepted signer, alice@example.com. */
  readonly key: string;
  readonly telemetry: RecordingTelemetry;
  readonly configure: (commits?: object, mirrors?: object, more?: object) => Configuration;
  /** What was found to be deployed and not trusted any more, by application and code. */
  readonly lost: string[];
  readonly binder: CommitBinder;
  /** A process beside or after the first, on the same folder. */
  readonly openBinder: (options?: {
    readonly isLive?: boolean;
    readonly environment?: Readonly<Record<string, string>>;
  }) => CommitBinder;
  /** What lookups in the cluster answer, by `kind namespace/name`. */
  readonly objects: Map<string, KubernetesObject>;
  /** Of what the API server gives no answer, in the same form. */
  readonly unanswered: Set<string>;
  /** What argocd-cm says; it may change. */
  readonly argocd: { settings: ArgocdSettings | undefined };
}

/** Without the last one, nobody counts what the thread covers. */
const THREAD_ENVIRONMENT = {
  PATH: process.env['PATH'],
  NODE_V8_COVERAGE: process.env['NODE_V8_COVERAGE'],
};

/** Opens a repository without commits, a key, and a process that trusts it. */
export async function openCommitStage(t: TestContext): Promise<CommitStage> {
  const workshop = await openGitWorkshop(t);
  const { path: key, text } = await workshop.makeKey('key', '-t', 'ed25519');
  await workshop.write('allowed_signers', `alice@example.com ${text}\n`);
  await workshop.git('checkout', '-q', '-b', 'main');
  await workshop.git('config', 'uploadpack.allowFilter', 'true');
  await workshop.git('config', 'uploadpack.allowAnySHA1InWant', 'true');
  const { folder } = workshop;
  const url = `file://${folder}/repository`;
  const telemetry = recordTelemetry();
  const objects = new Map<string, KubernetesObject>();
  const unanswered = new Set<string>();
  const lost: string[] = [];
  const argocd: CommitStage['argocd'] = { settings: undefined };
  const openBinder: CommitStage['openBinder'] = ({ isLive = false, environment } = {}) => {
    const binder = new CommitBinder({
      lookup: {
        lookupFresh: (reference) => Promise.resolve(lookUp({ objects, unanswered }, reference)),
        argocdSettings: () => argocd.settings,
      },
      environment: environment ?? THREAD_ENVIRONMENT,
      clock: systemClock,
      wait: systemWait,
      isLive,
      ...telemetry,
      onLost: ({ application, objectId, lost: { code } }) =>
        lost.push(`${formatApplication(application)} ${objectId} ${code}`),
    });
    t.after(() => binder.close());
    return binder;
  };
  return {
    workshop,
    url,
    key,
    telemetry,
    objects,
    unanswered,
    argocd,
    lost,
    openBinder,
    binder: openBinder(),
    configure: (commits = {}, mirrors = {}, more = {}) =>
      configurationSchema.parse({
        commits: {
          folder: join(folder, 'verdicts'),
          allowedSignersFile: join(folder, 'allowed_signers'),
          rules: [
            {
              name: 'platform',
              repositories: ['file:///**'],
              signers: [{ scheme: 'ssh', principal: 'alice@example.com' }],
            },
          ],
          waitMs: 20_000,
          ...commits,
        },
        mirrors: {
          folder: join(folder, 'mirrors'),
          fileFolders: [folder],
          tipAgeMsMax: 0,
          ...mirrors,
        },
        ...more,
      }),
  };
}

function lookUp(
  { objects, unanswered }: Pick<CommitStage, 'objects' | 'unanswered'>,
  reference: ObjectReference,
): ObjectLookup {
  const { kind, namespace = '', name } = reference;
  const key = `${kind} ${namespace}/${name}`;
  if (unanswered.has(key)) {
    return { status: 'unavailable', code: 'lookup_failed', reason: 'No answer' };
  }
  const object = objects.get(key);
  return object === undefined ? { status: 'absent' } : { status: 'found', object };
}

interface MoreOfApplication {
  readonly name?: string;
  readonly spec?: object;
}

/** An Application that follows `main`, with what its status says. */
export function applicationAt(
  url: string,
  status: object,
  more: MoreOfApplication = {},
): CommitOrigin {
  return {
    reference: applicationReference('argocd', more.name ?? 'shop'),
    application: readApplication(applicationObject(url, status, more)),
  };
}

/** The same as the API server has it. */
export function applicationObject(
  url: string,
  status: object,
  { name = 'shop', ...more }: MoreOfApplication = {},
): object {
  return {
    metadata: { name, namespace: 'argocd' },
    spec: { project: 'default', source: { repoURL: url, path: 'prod', targetRevision: 'main' } },
    status,
    ...more,
  };
}

/** The status while an operation applies a commit that it names. */
export function syncing(revision: string): object {
  return { operationState: { phase: 'Running', operation: { sync: { revision } } } };
}

/** The facts about an application; rejects where there are none. */
export async function judgeNow(
  judgeCommits: JudgeCommits | undefined,
  origin: CommitOrigin,
  withinMs = 30_000,
): Promise<readonly CommitFact[]> {
  const deadlineAtMs = addMs(systemClock.monotonicMs(), withinMs);
  const judged = await judgeCommits?.(origin, deadlineAtMs);
  if (judged?.status === 'known') return judged.value.commits;
  throw new Error(`The commits are ${judged?.status ?? 'not judged'}`);
}
