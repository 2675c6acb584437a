/**
 * Who runs the cluster, by its version, the labels of its nodes and the API groups that it serves. Sources: the documentation of each
 * provider about node labels; k3s and RKE2 version strings.
 */
import type { ClusterSurvey, NodeMarks } from './cluster-survey.ts';
import { listSeen } from './looked.ts';

/** Each has a file of values in deploy/chart/values. */
export const PLATFORMS = ['aks', 'eks', 'gke', 'k3s', 'openshift', 'on-premises'] as const;
export type Platform = (typeof PLATFORMS)[number];

export interface PlatformFinding {
  readonly platform: Platform;
  readonly because: string;
}

interface Signs {
  readonly platform: Platform;
  readonly version?: RegExp | undefined;
  /** Beginnings of keys of node labels. */
  readonly labels: readonly string[];
  /** Endings of served resources. */
  readonly groups: readonly string[];
}

/** OpenShift runs on clouds, too, and shows their labels. */
const SIGNS: readonly Signs[] = [
  {
    platform: 'openshift',
    labels: ['node.openshift.io/'],
    groups: ['.config.openshift.io'],
  },
  {
    platform: 'k3s',
    version: /\+(?:k3s|rke2)/u,
    labels: ['k3s.io/', 'rke2.io/'],
    groups: ['.k3s.cattle.io', '.rke2.cattle.io'],
  },
  {
    platform: 'eks',
    version: /-eks-/u,
    labels: ['eks.amazonaws.com/'],
    groups: ['.vpcresources.k8s.aws'],
  },
  {
    platform: 'gke',
    version: /-gke\./u,
    labels: ['cloud.google.com/gke-'],
    groups: ['.networking.gke.io'],
  },
  { platform: 'aks', labels: ['kubernetes.azure.com/'], groups: [] },
];

/** The first that shows a sign. */
export function classifyPlatform(
  survey: Pick<ClusterSurvey, 'version' | 'nodes' | 'served'>,
): PlatformFinding {
  const version = survey.version.status === 'unseen' ? '' : survey.version.value;
  const nodes = listSeen(survey.nodes);
  for (const { platform, version: pattern, labels, groups } of SIGNS) {
    if (pattern?.test(version) === true) {
      return { platform, because: `the version of the API server is ${version}` };
    }
    const marked = findLabel(nodes, labels);
    if (marked !== undefined) return { platform, because: marked };
    const resource = [...survey.served].find((name) =>
      groups.some((group) => name.endsWith(group)),
    );
    if (resource !== undefined) return { platform, because: `the API server serves ${resource}` };
  }
  return {
    platform: 'on-premises',
    because: 'neither version, node labels nor API groups are those of a cloud',
  };
}

function findLabel(nodes: readonly NodeMarks[], beginnings: readonly string[]): string | undefined {
  for (const { name, labels } of nodes) {
    const key = Object.keys(labels).find((label) =>
      beginnings.some((beginning) => label.startsWith(beginning)),
    );
    if (key !== undefined) return `Node ${name} has the label ${key}`;
  }
  return undefined;
}
