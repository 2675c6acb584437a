/**
 * Which Argo CD applies to the cluster: one that runs in it, one that runs elsewhere, or none. An installation may call its workloads
 * anything, so that the program tells which is the application controller.
 */
import { normalizeServer } from '../../kubernetes/hub/match-destination.ts';
import type {
  AccountReference,
  ApplicationFacts,
  ClusterSurvey,
  Workload,
} from './cluster-survey.ts';
import { listSeen } from './looked.ts';

/** An Argo CD in the cluster. */
export interface ArgocdInstallation {
  readonly namespace: string;
  readonly controller: Workload;
}

export interface ArgocdFinding {
  /** The oldest, since nobody can make one that is older; `undefined` if none runs here. */
  readonly installation: ArgocdInstallation | undefined;
  /** Further ones, which one configuration does not serve. */
  readonly others: readonly ArgocdInstallation[];
  /** Applications that deploy to this cluster. */
  readonly local: readonly ApplicationFacts[];
  /** How many deploy to each other cluster, by its name or address. */
  readonly remote: ReadonlyMap<string, number>;
  /** Accounts such as `argocd cluster add` makes for an Argo CD in another cluster. */
  readonly managers: readonly AccountReference[];
}

/** Source: argo-cd util/clusterauth/clusterauth.go. */
const MANAGER_ACCOUNT = 'argocd-manager';
/** How Argo CD writes the cluster that it runs in itself. */
const ITSELF: ReadonlySet<string> = new Set([
  'https://kubernetes.default.svc',
  'https://kubernetes.default',
  'in-cluster',
]);

/** By what was read; it may have been a part. */
export function classifyArgocd(
  survey: Pick<ClusterSurvey, 'server' | 'workloads' | 'applications' | 'accounts'>,
): ArgocdFinding {
  const [installation, ...others] = findInstallations(listSeen(survey.workloads));
  const applications = listSeen(survey.applications);
  const own = new Set([...ITSELF, normalizeServer(survey.server)]);
  const isLocal = (application: ApplicationFacts): boolean => own.has(destinationOf(application));
  return {
    installation,
    others,
    local: applications.filter((application) => isLocal(application)),
    remote: countBy(
      applications.filter((application) => !isLocal(application)),
      destinationOf,
    ),
    managers: listSeen(survey.accounts).filter(({ name }) => name === MANAGER_ACCOUNT),
  };
}

/** The oldest first. */
export function findInstallations(workloads: readonly Workload[]): readonly ArgocdInstallation[] {
  return workloads
    .filter(isApplicationController)
    .toSorted((a, b) => compare(ageOf(a), ageOf(b)))
    .map((controller) => ({ namespace: controller.namespace, controller }));
}

function isApplicationController({ containers, labels }: Workload): boolean {
  const isProgram = containers.some(({ words }) =>
    words.some((word) => word.split('/').at(-1) === 'argocd-application-controller'),
  );
  const isLabelled =
    labels['app.kubernetes.io/part-of'] === 'argocd' &&
    labels['app.kubernetes.io/component'] === 'application-controller';
  return isProgram || isLabelled;
}

function destinationOf({ destination: { server, name } }: ApplicationFacts): string {
  return server === '' ? name : normalizeServer(server);
}

function countBy<Item>(
  items: readonly Item[],
  keyOf: (item: Item) => string,
): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const item of items) counts.set(keyOf(item), (counts.get(keyOf(item)) ?? 0) + 1);
  return counts;
}

/** Two of one second are told apart by their names. */
function ageOf({ createdAt, namespace, name }: Workload): string {
  return `${createdAt} ${namespace}/${name}`;
}

function compare(one: string, other: string): number {
  return one < other ? -1 : 1;
}
