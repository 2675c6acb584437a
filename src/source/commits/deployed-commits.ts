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
  /** Each once, the one that is deployed now last. */
  readonly objectIds: readonly string[];
  /** Of the one that is deployed now. */
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

  /** Each was verified, and is deployed now. Nothing changes where that is known. */
  note(application: ApplicationName, commits: readonly DeployedCommit<Question>[]): void {
    const key = formatApplication(application);
    const known = this.#applications.get(key)?.sources ?? [];
    const changed = commits.filter(
      ({ repository, objectId }) => findSource(known, repository)?.objectIds.at(-1) !== objectId,
    );
    if (changed.length === 0) return;
    let sources = known;
    for (const { repository, objectId, question } of changed) {
      const earlier = findSource(sources, repository)?.objectIds ?? [];
      const objectIds = [...earlier.filter((id) => id !== objectId), objectId].slice(-COMMITS_MAX);
      const others = sources.filter((source) => source.repository !== repository);
      sources = [...others, { repository, objectIds, question }].slice(-SOURCES_MAX);
    }
    const deployed = { application, sources };
    this.#onChange(key, deployed);
    this.#put(key, deployed);
  }

  /** The application is gone. */
  forget(application: ApplicationName): void {
    const key = formatApplication(application);
    if (this.#applications.delete(key)) this.#onChange(key, undefined);
  }

  /** The commits of a repository that were verified for an application; the latest last. */
  verifiedIn(application: ApplicationName, repository: string): readonly string[] {
    const deployed = this.#applications.get(formatApplication(application));
    return findSource(deployed?.sources ?? [], repository)?.objectIds ?? [];
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
