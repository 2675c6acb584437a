/** What could not be looked at, and the permission that would help. */
import type { ClusterSurvey } from './cluster-survey.ts';
import type { Looked } from './looked.ts';

/** Whoever may list them reads what they hold: no permission for it is ever proposed. */
export const SECRETS = 'secrets';

export interface BlindSpot {
  /** As kubectl writes it. */
  readonly resource: string;
  readonly reason: string;
  /** What is not known because of it. */
  readonly unknown: string;
  readonly isForbidden: boolean;
}

/** Each source of the survey that was not read as a whole; counts are told apart, with the size. */
export function planGrants(survey: ClusterSurvey): readonly BlindSpot[] {
  const {
    nodes,
    workloads,
    accounts,
    tokenSecrets,
    applications,
    projects,
    kustomizations,
    helmReleases,
    mutatingWebhooks,
  } = survey;
  return [
    ...blind(survey.version, '/version', 'the version of the API server'),
    ...blind(nodes, 'nodes', 'who runs the cluster'),
    ...blind(
      workloads,
      'deployments.apps,statefulsets.apps',
      'which GitOps controllers and operators run',
    ),
    ...blind(accounts, 'serviceaccounts', 'accounts of a hub, and of operators'),
    ...blind(
      tokenSecrets,
      SECRETS,
      'Secrets that keep tokens of writers (their metadata alone is read)',
    ),
    ...blind(applications, 'applications.argoproj.io', 'where Argo CD deploys to'),
    ...blind(projects, 'appprojects.argoproj.io', 'whom Argo CD impersonates'),
    ...blind(
      kustomizations,
      'kustomizations.kustomize.toolkit.fluxcd.io',
      'whom Flux impersonates',
    ),
    ...blind(helmReleases, 'helmreleases.helm.toolkit.fluxcd.io', 'whom Flux impersonates'),
    ...blind(
      mutatingWebhooks,
      'mutatingwebhookconfigurations.admissionregistration.k8s.io',
      'what else changes objects',
    ),
    ...[...survey.argocdSettings].flatMap(([namespace, looked]) =>
      blind(
        looked,
        'configmaps',
        `how the Argo CD of namespace ${namespace} marks objects, and whether it impersonates`,
      ),
    ),
    ...[...survey.pods].flatMap(([namespace, looked]) =>
      blind(looked, 'pods', `whether the pods of namespace ${namespace} have tokens of their own`),
    ),
  ];
}

function blind(looked: Looked<unknown>, resource: string, unknown: string): readonly BlindSpot[] {
  if (looked.status === 'seen') return [];
  const isForbidden = looked.status === 'unseen' && looked.isForbidden;
  return [{ resource, reason: looked.reason, unknown, isForbidden }];
}
