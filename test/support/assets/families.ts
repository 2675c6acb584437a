/** Which Kubernetes the tests run against, and how each of its programs is built from a pinned Go module. */

/** The two minor versions of a tool that are supported: most tests run against the current one. */
export type Release = 'current' | 'previous';

export const KUBERNETES_VERSIONS = {
  current: '1.36.3',
  previous: '1.35.4',
} as const satisfies Record<Release, string>;
export const KUBERNETES_VERSION = KUBERNETES_VERSIONS.current;
export const ETCD_VERSION = '3.7.3';

export const ASSET_NAMES = [
  'etcd',
  'kube-apiserver',
  'kube-controller-manager',
  'kubectl',
] as const;
export type AssetName = (typeof ASSET_NAMES)[number];

/** Programs that come from one Go module. One module per family: the families' dependencies clash. */
export interface AssetFamily {
  /** The folder below the cache: `kubernetes-1.36.3`. */
  readonly folder: string;
  readonly module: string;
  readonly version: string;
  /** Linker flags; the API server must know its own version, or kubectl cannot parse what it answers. */
  readonly linkerFlags: string;
  /**
   * The version that stands in for the sibling modules which the module's own go.mod replaces by local folders
   * (`k8s.io/api => ./staging/src/k8s.io/api`): such replacements do not reach a module that requires it.
   */
  readonly siblingsVersion?: string | undefined;
  readonly programs: readonly AssetProgram[];
  /** Files of a module's source tree that are needed beside the programs. */
  readonly files?: readonly AssetFile[] | undefined;
}

export interface AssetProgram {
  readonly name: string;
  readonly package: string;
  /** A Go file of ours, for a module that has the parts and not the program; `package` is the folder that it gets. */
  readonly mainFile?: string | undefined;
  /** Build tags: they leave out what is not needed, and most of what would have to be compiled. */
  readonly tags?: readonly string[] | undefined;
  /** How long a build takes on two cores with nothing cached: told to the person who waits. */
  readonly expectedSeconds: number;
}

/** One file of a Go module, kept beside the programs. */
export interface AssetFile {
  /** What it is called beside the programs. */
  readonly name: string;
  readonly module: string;
  readonly version: string;
  /** Where it lies in the module. */
  readonly path: string;
}

export const ETCD_FAMILY: AssetFamily = {
  folder: `etcd-${ETCD_VERSION}`,
  module: 'go.etcd.io/etcd/server/v3',
  version: `v${ETCD_VERSION}`,
  linkerFlags: '-s -w',
  programs: [{ name: 'etcd', package: 'go.etcd.io/etcd/server/v3', expectedSeconds: 40 }],
};

export const KUBERNETES_FAMILY = kubernetesFamily(KUBERNETES_VERSIONS.current, [
  'kube-apiserver',
  'kube-controller-manager',
  'kubectl',
]);

/** kubectl serves one minor version either way; what is beside the API server must not be newer than it. */
export const PREVIOUS_KUBERNETES_FAMILY = kubernetesFamily(KUBERNETES_VERSIONS.previous, [
  'kube-apiserver',
  'kube-controller-manager',
]);

type KubernetesProgram = Exclude<AssetName, 'etcd'>;

function kubernetesFamily(version: string, names: readonly KubernetesProgram[]): AssetFamily {
  const expectedSeconds: Readonly<Record<KubernetesProgram, number>> = {
    'kube-apiserver': 200,
    'kube-controller-manager': 80,
    kubectl: 40,
  };
  return {
    folder: `kubernetes-${version}`,
    module: 'k8s.io/kubernetes',
    version: `v${version}`,
    linkerFlags: `-s -w -X k8s.io/component-base/version.gitVersion=v${version}`,
    siblingsVersion: `v0${version.slice(1)}`,
    programs: names.map((name) => ({
      name,
      package: `k8s.io/kubernetes/cmd/${name}`,
      expectedSeconds: expectedSeconds[name],
    })),
  };
}

export const GO_VERSION_MIN = '1.26';
