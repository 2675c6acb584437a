/** What `holdfast adopt` reads of a cluster. Every text in it was written by whoever may write the object. */
import type { ArgocdSettings } from '../../kubernetes/lookup/parse-argocd-settings.ts';
import type { Looked } from './looked.ts';

export interface ClusterSurvey {
  /** The address of the API server, as the kubeconfig has it. */
  readonly server: string;
  /** As `kubectl version` prints it: `v1.36.3`. */
  readonly version: Looked<string>;
  readonly nodes: Looked<readonly NodeMarks[]>;
  /** As kubectl writes them: `applications.argoproj.io`. */
  readonly served: ReadonlySet<string>;
  readonly workloads: Looked<readonly Workload[]>;
  readonly accounts: Looked<readonly AccountReference[]>;
  readonly tokenSecrets: Looked<readonly TokenSecret[]>;
  readonly applications: Looked<readonly ApplicationFacts[]>;
  readonly projects: Looked<readonly ProjectFacts[]>;
  readonly kustomizations: Looked<readonly FluxObject[]>;
  readonly helmReleases: Looked<readonly FluxObject[]>;
  readonly mutatingWebhooks: Looked<readonly MutatingWebhook[]>;
  /** Of each namespace with an Argo CD. */
  readonly argocdSettings: ReadonlyMap<string, Looked<ArgocdInstallationSettings>>;
  /** Of each namespace with a GitOps controller. */
  readonly pods: ReadonlyMap<string, Looked<readonly PodFacts[]>>;
  /** How many there are of each resource that Holdfast follows by default and that is served. */
  readonly counts: ReadonlyMap<string, Looked<number>>;
}

export interface NodeMarks {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
}

export interface AccountReference {
  readonly namespace: string;
  readonly name: string;
}

export interface Workload {
  readonly kind: 'Deployment' | 'StatefulSet';
  readonly namespace: string;
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  /** RFC 3339; written by the API server alone. */
  readonly createdAt: string;
  readonly replicas: number;
  readonly serviceAccount: string;
  readonly containers: readonly ContainerFacts[];
}

export interface ContainerFacts {
  readonly image: string;
  /** Command and arguments, in this order. */
  readonly words: readonly string[];
  /** Of the variables that have their value in the object itself. */
  readonly variables: Readonly<Record<string, string>>;
}

/** A Secret that keeps a token of a service account, by its metadata: its content is never asked for. */
export interface TokenSecret {
  readonly namespace: string;
  readonly name: string;
  readonly account: string;
}

export interface ApplicationFacts {
  readonly namespace: string;
  readonly name: string;
  readonly project: string;
  readonly destination: {
    readonly server: string;
    readonly name: string;
    readonly namespace: string;
  };
  /** How many objects it lists. */
  readonly resources: number;
}

/** Source: argo-cd pkg/apis/application/v1alpha1/types.go, AppProject. */
export interface ProjectFacts {
  readonly namespace: string;
  readonly name: string;
  readonly destinationServiceAccounts: readonly {
    /** Patterns, with `*`. */
    readonly server: string;
    readonly namespace: string;
    /** `NAME`, or `NAMESPACE:NAME`. */
    readonly account: string;
  }[];
}

/** A Kustomization or a HelmRelease. */
export interface FluxObject {
  readonly kind: 'Kustomization' | 'HelmRelease';
  readonly namespace: string;
  readonly name: string;
  /** The account that it names. */
  readonly serviceAccount?: string | undefined;
  /** It deploys to another cluster. */
  readonly isRemote: boolean;
}

export interface MutatingWebhook {
  /** Of the MutatingWebhookConfiguration. */
  readonly configuration: string;
  readonly name: string;
  readonly failurePolicy: string;
  readonly timeoutSeconds: number;
  readonly reinvocationPolicy: string;
  readonly rules: readonly {
    readonly groups: readonly string[];
    readonly resources: readonly string[];
    readonly operations: readonly string[];
  }[];
  /** It names namespaces or objects to which it is limited. */
  readonly isLimited: boolean;
}

export interface ArgocdInstallationSettings {
  readonly marks: ArgocdSettings;
  /** Keys that argocd-cm itself sets, among those that `marks` is made of. */
  readonly isSet: Readonly<Record<'trackingMethod' | 'instanceLabelKey', boolean>>;
  readonly impersonation: boolean;
  /** Patterns of further namespaces with Applications, of argocd-cmd-params-cm. */
  readonly applicationNamespaces: readonly string[];
}

export interface PodFacts {
  readonly name: string;
  readonly serviceAccount: string;
  readonly isRunning: boolean;
  /** The kubelet gives it a token that is bound to it. */
  readonly hasBoundToken: boolean;
}
