/** The inputs of the match conditions. */

/** All values come from the configuration or a table. */
export interface ExemptionOptions {
  /** Exact usernames of the control plane (`identity/platform-identities.ts`). */
  readonly platformUsernames: readonly string[];
  /** All controllers act as `system:kube-controller-manager`; otherwise that name only asks for their tokens. */
  readonly sharedControllerManager?: boolean | undefined;
  /** Exact usernames of components that must run before our own pods can: network, cloud and storage agents. */
  readonly recoveryUsernames: readonly string[];
  /** The accounts whose tokens give access to everything that Git manages. */
  readonly writerUsernames: readonly string[];
  /** The namespaces of GitOps controllers and their own objects. */
  readonly gitopsNamespaces: readonly string[];
  /** Namespaces whose objects count as managed without a mark. */
  readonly gitopsOnlyNamespaces: readonly string[];
  /** Exempt namespaces; the Namespace objects themselves are not exempt. */
  readonly exemptNamespaces: readonly string[];
  /** The Argo CD instance label, if label tracking is used. */
  readonly instanceLabelKey?: string | undefined;
}
