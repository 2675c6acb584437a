/** One application that Argo CD keeps in sync: its repository, its namespace, and what Argo CD says of it. */
import type { ApiObject } from '../cluster/api-client.ts';
import type { Cluster } from '../cluster/cluster.ts';
import { ARGOCD } from '../cluster/service-account-user.ts';
import { waitFor } from '../cluster/wait-for.ts';
import type { GitFiles, GitRepository } from './git-server.ts';

/** The folder of each repository that Argo CD applies. */
export const SOURCE_PATH = 'deploy';
/** The first sync of every application of a shared Argo CD goes before: two hundred of them, on a machine that does other work too. */
const SYNC_DEADLINE_MS = 8 * 60_000;

/** The parts of an Application's status that tests read. */
export interface ApplicationStatus {
  /** `Synced`, `OutOfSync` or `Unknown`. */
  readonly sync: string | undefined;
  /** The commit that was compared. */
  readonly revision: string | undefined;
  readonly health: string | undefined;
  /** `Running`, `Succeeded`, `Failed`, `Error` of the last operation. */
  readonly phase: string | undefined;
  /** What Argo CD says of the last operation. */
  readonly message: string | undefined;
  /** The commit that the last operation applied. */
  readonly operationRevision: string | undefined;
}

export interface TestApplication {
  readonly name: string;
  /** Where its objects live. */
  readonly namespace: string;
  readonly repository: GitRepository;
  /** Commits files of the applied folder, and asks Argo CD to look. Returns the commit's hash. */
  readonly commit: (files: GitFiles, message?: string) => Promise<string>;
  /** `commit`, then `waitSynced` of that commit. */
  readonly sync: (files: GitFiles, message?: string) => Promise<string>;
  /** Waits until Argo CD has applied the commit (default: the newest); fails at once when it says that it could not. */
  readonly waitSynced: (revision?: string) => Promise<ApplicationStatus>;
  /** Asks Argo CD to compare with Git now, the way people do: with an annotation, through the webhook. */
  readonly refresh: () => Promise<void>;
  /** Asks it to hydrate now, in the same way. */
  readonly hydrate: () => Promise<void>;
  readonly status: () => Promise<ApplicationStatus>;
  readonly read: () => Promise<ApiObject>;
}

/** The Application object. */
export function applicationObject(options: {
  readonly name: string;
  readonly repositoryUrl: string;
  /** Where its objects go. @default the namespace of its name */
  readonly namespace?: string | undefined;
  /** Instead of what the specification says of these keys; `undefined` takes one away. */
  readonly spec?: Readonly<Record<string, unknown>> | undefined;
}): object {
  return {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Application',
    metadata: { name: options.name, namespace: ARGOCD.namespace },
    spec: {
      project: 'default',
      source: { repoURL: options.repositoryUrl, targetRevision: 'main', path: SOURCE_PATH },
      destination: {
        server: 'https://kubernetes.default.svc',
        namespace: options.namespace ?? options.name,
      },
      syncPolicy: {
        automated: { selfHeal: true, prune: true },
        retry: { limit: 2, backoff: { duration: '1s', factor: 2, maxDuration: '5s' } },
      },
      ...options.spec,
    },
  };
}

/** Where the API server has the Application of that name; without a name, all of them. */
export function applicationPath(name?: string): string {
  const path = `/apis/argoproj.io/v1alpha1/namespaces/${ARGOCD.namespace}/applications`;
  return name === undefined ? path : `${path}/${name}`;
}

/** Whether Argo CD's last word on it was that it is as Git says. */
export function isSynced(application: ApiObject): boolean {
  return readStatus(application).sync === 'Synced';
}

/** A handle of an application whose name is its namespace's and its repository's too. */
export function openApplication(
  cluster: Cluster,
  repository: GitRepository,
  assertRunning: () => Promise<void>,
): TestApplication {
  const { name } = repository;
  const path = applicationPath(name);
  const read = async (): Promise<ApiObject> => (await cluster.request('root', path)).body;
  const status = async (): Promise<ApplicationStatus> => readStatus(await read());
  const annotate = async (annotations: Readonly<Record<string, string>>): Promise<void> => {
    const answer = await cluster.request('alice', path, {
      method: 'PATCH',
      body: { metadata: { annotations } },
    });
    if (answer.code !== 200) {
      throw new Error(`Cannot annotate ${name}: ${answer.code} ${answer.body.message}`);
    }
  };
  const refresh = (): Promise<void> => annotate({ 'argocd.argoproj.io/refresh': 'normal' });
  const commit: TestApplication['commit'] = async (files, message = 'Change') => {
    const placed = Object.entries(files).map(([file, content]) => [
      `${SOURCE_PATH}/${file}`,
      content,
    ]);
    const revision = await repository.commit(Object.fromEntries(placed), message);
    await refresh();
    return revision;
  };
  const waitSynced: TestApplication['waitSynced'] = async (revision) => {
    const wanted = revision ?? (await repository.head());
    const outcome = await waitFor(
      `Argo CD has synced ${name} to ${wanted}`,
      async () => judge(await status(), wanted),
      { deadlineMs: SYNC_DEADLINE_MS, assertPossible: assertRunning },
    ).catch(async (error: unknown) => {
      throw new Error(`${name} is not synced: ${JSON.stringify(await status())}`, { cause: error });
    });
    if (outcome.phase === 'Succeeded') return outcome;
    throw new Error(`Argo CD could not sync ${name} to ${wanted}: ${outcome.message}`);
  };
  return {
    name,
    namespace: name,
    repository,
    read,
    status,
    refresh,
    hydrate: () => annotate({ 'argocd.argoproj.io/hydrate': 'normal' }),
    commit,
    waitSynced,
    sync: async (files, message) => {
      const revision = await commit(files, message);
      await waitSynced(revision);
      return revision;
    },
  };
}

/** The status once the wanted commit was applied, or could not be; `undefined` before that. */
function judge(status: ApplicationStatus, wanted: string): ApplicationStatus | undefined {
  if (status.phase === 'Failed' || status.phase === 'Error') {
    return status.operationRevision === wanted ? status : undefined;
  }
  const isDone = status.sync === 'Synced' && status.revision === wanted;
  return isDone && status.phase === 'Succeeded' ? status : undefined;
}

function readStatus(application: ApiObject): ApplicationStatus {
  const text = (...keys: readonly string[]): string | undefined => {
    let value: unknown = application.status;
    for (const key of keys) {
      value = typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined;
    }
    return typeof value === 'string' ? value : undefined;
  };
  return {
    sync: text('sync', 'status'),
    revision: text('sync', 'revision'),
    health: text('health', 'status'),
    phase: text('operationState', 'phase'),
    message: text('operationState', 'message'),
    operationRevision: text('operationState', 'syncResult', 'revision'),
  };
}
