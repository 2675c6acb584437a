/**
 * Known traps: settings that are valid one by one, and together refuse the GitOps controller itself, everybody, or
 * nobody. Each has a code that people can search for.
 */
import type { Configuration } from './schema.ts';
import type { ConfigurationWarning } from './configuration-warning.ts';

/** Whether the file itself sets a section, which its defaults would fill in otherwise. */
export type IsSet = (path: readonly string[]) => boolean;

/** Every trap that the configuration has, in the order of the file's sections. */
export function findTraps(
  configuration: Configuration,
  isSet: IsSet,
): readonly ConfigurationWarning[] {
  return [
    ...findFluxTraps(configuration, isSet),
    ...findWriterTraps(configuration),
    ...findNamespaceTraps(configuration),
    ...findCertificateTraps(configuration),
    ...findGrantTraps(configuration),
    ...findTrustTraps(configuration),
  ];
}

/** By this annotation cert-manager writes the caBundle. */
const INJECT_CA_FROM = 'cert-manager.io/inject-ca-from';

function* findCertificateTraps({
  certificates,
  registration,
}: Configuration): Iterable<ConfigurationWarning> {
  if (!certificates.manage) return;
  // Each would write over what the other registers, and calls fail in between.
  if (Object.hasOwn(registration.annotations, INJECT_CA_FROM)) {
    yield {
      code: 'authority_registered_twice',
      path: ['certificates', 'manage'],
      message: 'Holdfast and cert-manager both write the caBundle of the webhooks',
      remedy: `Take ${INJECT_CA_FROM} out of registration.annotations, or set certificates.manage: false`,
    };
  }
  if (registration.manage && registration.authorityFile !== undefined) {
    yield {
      code: 'authority_registered_twice',
      path: ['registration', 'authorityFile'],
      message:
        'Holdfast registers the authority of this file and the one that it makes itself (certificates.manage), each over the other',
      remedy: 'Take registration.authorityFile out, or set certificates.manage: false',
    };
  }
}

const SERVICE_ACCOUNT = /^system:serviceaccount:(?<namespace>[^:]+):(?<name>[^:]+)$/u;

/** Nobody writes for Flux: what its controllers apply is refused, and so is what everybody else does about it. */
function* findFluxTraps(
  { identity, ownership }: Configuration,
  isSet: IsSet,
): Iterable<ConfigurationWarning> {
  const { writers } = identity;
  const flux = writers.filter(({ tool }) => tool === 'flux');
  // Without any writer, that is what is wrong, and it is told elsewhere.
  if (!ownership.flux.enabled || writers.length === 0) return;
  if (flux.length === 0) {
    // By default its marks count although nobody applies with it: that protects, and refuses no controller.
    if (!isSet(['ownership', 'flux'])) return;
    yield {
      code: 'flux_without_writer',
      path: ['ownership', 'flux'],
      message: 'Objects of Flux are recognized, and no writer is Flux: its controllers are refused',
      remedy:
        'Add its kustomize-controller and helm-controller to identity.writers, or set ownership.flux.enabled: false',
    };
    return;
  }
  const names = new Set(
    flux.map(({ username }) => SERVICE_ACCOUNT.exec(username)?.groups?.['name']),
  );
  if (!names.has('kustomize-controller') || names.has('helm-controller')) return;
  yield {
    code: 'flux_helm_without_writer',
    path: ['identity', 'writers'],
    message:
      'The kustomize-controller is a writer and the helm-controller is none: what HelmReleases install is refused',
    remedy: `Add system:serviceaccount:${ownership.flux.namespace}:helm-controller where there are HelmReleases`,
  };
}

function* findWriterTraps({
  identity,
  kubernetes,
  ownership,
}: Configuration): Iterable<ConfigurationWarning> {
  for (const [index, { name, username, tool, proof, workload }] of identity.writers.entries()) {
    const account = SERVICE_ACCOUNT.exec(username)?.groups;
    if (account === undefined && PROVEN_BY_TOKEN.has(proof)) {
      yield {
        code: 'proof_of_no_account',
        path: ['identity', 'writers', index, 'proof'],
        message: `The writer "${name}" is no service account, so it has no token that is ${proof}: everything it writes is refused`,
        remedy:
          'Name the service account, or ask for the proof that its credential gives: pinned, or none',
      };
    }
    if (workload !== undefined && !PROVEN_BY_POD.has(proof)) {
      yield {
        code: 'workload_without_pod',
        path: ['identity', 'writers', index, 'workload'],
        message: `The workload of the writer "${name}" is compared with the pod of its token, and a credential that is ${proof} names none`,
        remedy: 'Ask for pod-bound, or take the workload out',
      };
    }
    const home = ownership[tool].namespace;
    // A controller of another cluster is at home there; that its proof cannot be had is told of the hub.
    if (proof !== 'pod-bound' || kubernetes.hub !== undefined) continue;
    if (account?.['name'] === 'argocd-manager') continue;
    if (account === undefined || account['namespace'] === home) continue;
    yield {
      code: 'writer_outside_installation',
      path: ['identity', 'writers', index, 'username'],
      message: `The writer "${name}" runs in namespace "${account['namespace'] ?? ''}", and ownership.${tool}.namespace is "${home}"`,
      remedy: `Set ownership.${tool}.namespace to where the controller and its Applications or Kustomizations are`,
    };
  }
}

const PROVEN_BY_TOKEN: ReadonlySet<string> = new Set(['pod-bound', 'unbound', 'legacy']);
const PROVEN_BY_POD: ReadonlySet<string> = new Set(['pod-bound']);

/** What works there besides the writers: Pods, leases, events and secrets of the controllers. */
function* findNamespaceTraps({
  breakGlass,
  ownership,
}: Configuration): Iterable<ConfigurationWarning> {
  const installed = new Set([
    ownership.argocd.namespace,
    ...(ownership.flux.enabled ? [ownership.flux.namespace] : []),
    breakGlass.namespace,
  ]);
  for (const [index, namespace] of ownership.gitopsOnlyNamespaces.entries()) {
    if (!installed.has(namespace)) continue;
    yield {
      code: 'installation_gitops_only',
      path: ['ownership', 'gitopsOnlyNamespaces', index],
      message: `Namespace "${namespace}" is where GitOps or Holdfast runs: what its controllers write for themselves there is refused`,
      remedy: 'Take it out: gitops_namespaces guards it already, and knows what they write',
    };
  }
  for (const [index, namespace] of ownership.exemptNamespaces.entries()) {
    if (!installed.has(namespace)) continue;
    yield {
      code: 'installation_exempt',
      path: ['ownership', 'exemptNamespaces', index],
      message: `Namespace "${namespace}" is where GitOps or Holdfast runs: whoever may write there controls both`,
      remedy: 'Take it out, and name the accounts that install as editors of gitops_namespaces',
    };
  }
}

function* findGrantTraps({ breakGlass, cluster }: Configuration): Iterable<ConfigurationWarning> {
  if (breakGlass.approvers.length === 0) return;
  if (cluster.name === DEFAULT_CLUSTER) {
    yield {
      code: 'grants_for_unnamed_cluster',
      path: ['cluster', 'name'],
      message: `A grant for "${DEFAULT_CLUSTER}" is accepted by every cluster that has no name of its own`,
      remedy: 'Give the cluster a name that no other has',
    };
  }
  for (const [index, { name, username }] of breakGlass.approvers.entries()) {
    if (username !== undefined) continue;
    yield {
      code: 'approver_without_username',
      path: ['breakGlass', 'approvers', index],
      message: `The approver "${name}" may approve a grant to themselves`,
      remedy: 'Set their username, as kubectl auth whoami shows it',
    };
  }
}

const DEFAULT_CLUSTER = 'unnamed';

/** Nothing satisfies a demand for which no rule says how. */
function* findTrustTraps({ commits, images }: Configuration): Iterable<ConfigurationWarning> {
  if (commits.requireCommit && commits.rules.length === 0) {
    yield {
      code: 'commit_required_without_rules',
      path: ['commits', 'requireCommit'],
      message:
        'Every commit is refused: a commit is wanted that a rule accepts, and there are no rules',
      remedy: 'Add commits.rules, or take it out',
    };
  }
  if (images.requireSignature && images.rules.length === 0) {
    yield {
      code: 'signature_required_without_rules',
      path: ['images', 'requireSignature'],
      message:
        'Every image is refused: a signature is wanted that a rule accepts, and there are no rules',
      remedy: 'Add images.rules, or take it out',
    };
  }
}
