/** Whether a freeze covers an object. */
import { matchesWildcards } from '../base/match-wildcards.ts';

/** What is frozen: all that is given must hold. */
export interface FreezeScope {
  /** `NAMESPACE/NAME` with wildcards. */
  readonly applications?: readonly string[] | undefined;
  /** Names, with wildcards. */
  readonly namespaces?: readonly string[] | undefined;
}

/** What a freeze is about: an object that a GitOps controller writes. */
export interface DeployedObject {
  /** The API group; empty for the core. */
  readonly group: string;
  /** Empty for what is in no namespace; a Namespace is in itself. */
  readonly namespace: string;
  /** `NAMESPACE/NAME` of each application that it belongs to, before and after the write. */
  readonly applications: readonly string[];
}

/**
 * What keeps a cluster and its API server going. A cluster whose webhooks, API services or certificates cannot be mended by Git while
 * deployments are frozen would stop for a reason that nobody thinks of.
 */
const PLATFORM_GROUPS: ReadonlySet<string> = new Set([
  'admissionregistration.k8s.io',
  'apiregistration.k8s.io',
  'certificates.k8s.io',
  'coordination.k8s.io',
  'holdfast.dev',
]);

/** Whether the scope names the object; one without criteria names every object. */
export function matchScope(
  { applications, namespaces }: FreezeScope,
  object: DeployedObject,
): boolean {
  return (
    (applications === undefined ||
      object.applications.some((application) => matchesOne(application, applications))) &&
    (namespaces === undefined || matchesOne(object.namespace, namespaces))
  );
}

/** Whether nothing may ever freeze the object: the platform's, Holdfast's and the GitOps controllers' own. */
export function matchNeverFrozen(
  { group, namespace }: DeployedObject,
  exemptNamespaces: readonly string[],
): boolean {
  return PLATFORM_GROUPS.has(group) || matchesOne(namespace, exemptNamespaces);
}

function matchesOne(text: string, patterns: readonly string[]): boolean {
  return patterns.some((pattern) => matchesWildcards(text, pattern));
}
