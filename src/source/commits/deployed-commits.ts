/**
 * The verified commits of each application, in the order in which they were deployed: what is promoted from there, and what is
 * verified again when the trust changes.
 */
import { DEPLOYED_LIMITS, type APPLICATION_KINDS } from './settings.ts';

/** An application of the cluster. */
export interface ApplicationName {
  readonly kind: (typeof APPLICATION_KINDS)[number];
  readonly namespace: string;
  readonly name: string;
}

/** One source of an application at one commit. */
export interface DeployedCommit<Question> {
  /** In normal form. */
  readonly repository: string;
  readonly objectId: string;
  /** What has to be known to ask for the commit again. */
  readonly question: Question;
}

/** What is remembered of one source. */
export interface DeployedSource<Question> {
  readonly repository: string;
  /** Those that were deployed as a whole: each once, the latest last. */
  readonly objectIds: readonly string[];
  /** The one that the controller has written at since, and that is not deployed as a whole yet, or never will be. */
  readonly writtenObjectId?: string | undefined;
  /** Of the one that was noted last. */
  readonly question: Question;
}

/** One application with its sources. */
export interface DeployedApplication<Question> {
  readonly application: ApplicationName;
  /** The one that was deployed last is last. */
  readonly sources: readonly DeployedSource<Question>[];
}

export interface DeployedCommitsOptions<Question> {
  /** Called with what has changed; without sources, the application is forgotten. */
  readonly onChange?:
    ((key: string, deployed: DeployedApplication<Question> | undefined) => void) | undefined;
}

const APPLICATIONS_MAX = DEPLOYED_LIMITS['commits.deployed.applicationsMax'].default;
const SOURCES_MAX = DEPLOYED_LIMITS['commits.deployed.sourcesMax'].default;
const COMMITS_MAX = DEPLOYED_LIMITS['commits.deployed.commitsMax'].default;

/** In memory; whoever creates it may keep the changes, and restore them. */
export class DeployedCommits<Question> {
  readonly #onChange: (key: string, deployed: DeployedApplication<Question> | undefined) => void;
  // A Map keeps the order of insertion: the application that changed last is last.
  readonly #applications = new Map<string, DeployedApplication<Question>>();

  constructor({ onChange = () => undefined }: DeployedCommitsOptions<Question> = {}) {
    this.#onChange = onChange;
  }

  get size(): number {
    return this.#applications.size;
  }

  /** From an earlier process: never over what is known already. */
  restore(deployed: DeployedApplication<Question>): void {
    const key = formatApplication(deployed.application);
    if (this.#applications.has(key)) return;
    this.#put(key, {
      application: deployed.application,
      sources: deployed.sources
        .slice(-SOURCES_MAX)
        .map((source) => ({ ...source, objectIds: source.objectIds.slice(-COMMITS_MAX) })),
    });
  }

  /** Each was verified, and is deployed now as a whole. Nothing changes where that is known. */
  note(application: ApplicationName, commits: readonly DeployedCommit<Question>[]): void {
    this.#change(application, commits, ({ objectId }, { objectIds, writtenObjectId }) => {
      if (objectIds.at(-1) === objectId && writtenObjectId !== objectId) return undefined;
      return {
        objectIds: [...objectIds.filter((id) => id !== objectId), objectId].slice(-COMMITS_MAX),
      };
    });
  }

  /** Each was verified, and some of its objects are written: it is verified again, and not promoted. */
  noteWritten(application: ApplicationName, commits: readonly DeployedCommit<Question>[]): void {
    this.#change(application, commits, ({ objectId }, { objectIds, writtenObjectId }) => {
      if ((writtenObjectId ?? objectIds.at(-1)) === objectId) return undefined;
      return { objectIds, writtenObjectId: objectId };
    });
  }

  #change(
    application: ApplicationName,
    commits: readonly DeployedCommit<Question>[],
    change: (commit: DeployedCommit<Question>, known: NotedCommits) => NotedCommits | undefined,
  ): void {
    const key = formatApplication(application);
    const known = this.#applications.get(key)?.sources ?? [];
    let sources = known;
    for (const commit of commits) {
      const { repository, question } = commit;
      const noted = change(commit, findSource(sources, repository) ?? { objectIds: [] });
      if (noted === undefined) continue;
      const others = sources.filter((source) => source.repository !== repository);
      sources = [...others, { repository, ...noted, question }].slice(-SOURCES_MAX);
    }
    if (sources === known) return;
    const deployed = { application, sources };
    this.#onChange(key, deployed);
    this.#put(key, deployed);
  }

  /** The application is gone. */
  forget(application: ApplicationName): void {
    const key = formatApplication(application);
    if (this.#applications.delete(key)) this.#onChange(key, undefined);
  }

  /** The commits of a repository that were verified and deployed as a whole for an application; the latest last. */
  verifiedIn(application: ApplicationName, repository: string): readonly string[] {
    const deployed = this.#applications.get(formatApplication(application));
    return findSource(deployed?.sources ?? [], repository)?.objectIds ?? [];
  }

  /** What objects of an application may come from now: the commit deployed last, and the one written at since. */
  deployedIn(application: ApplicationName, repository: string): readonly string[] {
    const deployed = this.#applications.get(formatApplication(application));
    const source = findSource(deployed?.sources ?? [], repository);
    return source === undefined ? [] : deployedOf(source);
  }

  /** Everything, as it is now. */
  list(): readonly DeployedApplication<Question>[] {
    return [...this.#applications.values()];
  }

  #put(key: string, deployed: DeployedApplication<Question>): void {
    this.#applications.delete(key);
    this.#applications.set(key, deployed);
    const [oldest] = this.#applications.keys();
    if (oldest === undefined || this.#applications.size <= APPLICATIONS_MAX) return;
    this.#applications.delete(oldest);
    this.#onChange(oldest, undefined);
  }
}

type NotedCommits = Pick<DeployedSource<unknown>, 'objectIds' | 'writtenObjectId'>;

/** The commit that was deployed last, and the one that was written at since. */
export function deployedOf({ objectIds, writtenObjectId }: NotedCommits): readonly string[] {
  return [...objectIds.slice(-1), ...(writtenObjectId === undefined ? [] : [writtenObjectId])];
}

/** As in `Application argocd/shop`. */
export function formatApplication({ kind, namespace, name }: ApplicationName): string {
  return `${kind} ${namespace}/${name}`;
}

function findSource<Question>(
  sources: readonly DeployedSource<Question>[],
  repository: string,
): DeployedSource<Question> | undefined {
  return sources.find((source) => source.repository === repository);
}
