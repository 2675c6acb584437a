/** What the match conditions are generated from. */

/** All of it is configuration, or a table. */
export interface ExemptionOptions {
  /** Exact usernames of the control plane (`identity/platform-identities.ts`). */
  readonly platformUsernames: readonly string[];
  /** All controllers act as `system:kube-controller-manager`; otherwise that name only asks for their tokens. */
  readonly sharedControllerManager?: boolean | undefined;
  /** Exact usernames of whatever must run before our own pods can: network, cloud and storage agents. */
  readonly recoveryUsernames: readonly string[];
  /** The accounts whose tokens are the keys to everything Git manages. */
  readonly writerUsernames: readonly string[];
  /** Where GitOps controllers run and their own objects lie. */
  readonly gitopsNamespaces: readonly string[];
  /** Namespaces in which objects count as managed without any mark. */
  readonly gitopsOnlyNamespaces: readonly string[];
  /** Namespaces in which nothing is judged; the Namespace objects themselves are. */
  readonly exemptNamespaces: readonly string[];
  /** The Argo CD instance label, where labels are tracked. */
  readonly instanceLabelKey?: string | undefined;
}
