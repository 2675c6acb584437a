/** One thing that somebody does on the recorded day. */
import type { Cluster } from '../cluster/cluster.ts';
import type { KubectlOptions } from '../cluster/kubectl.ts';

export const ARGOCD_USERNAME = 'system:serviceaccount:argocd:argocd-application-controller';
export const FLUX_USERNAME = 'system:serviceaccount:flux-system:kustomize-controller';
export const AUTOSCALER_USERNAME = 'system:serviceaccount:kube-system:horizontal-pod-autoscaler';

export interface DayAction {
  readonly name: string;
  /** Whose reviews belong to it; everybody else's are the background. */
  readonly username: string;
  readonly expect: 'allow' | 'deny';
  readonly note?: string | undefined;
  /** Objects, by name, that are expected otherwise: one command may touch several. */
  readonly except?: Readonly<Record<string, 'allow' | 'deny'>> | undefined;
  readonly play: (cluster: Cluster) => Promise<unknown>;
}

export interface KubectlAction extends Pick<DayAction, 'name' | 'expect' | 'note' | 'except'> {
  readonly user?: string | undefined;
  readonly username?: string | undefined;
  /** Words of a kubectl command line, separated by spaces. */
  readonly command: string;
  readonly options?: KubectlOptions | undefined;
}

/** Something done with kubectl, by alice where nobody else is named. */
export function withKubectl(action: KubectlAction): DayAction {
  const { name, expect, note, except, user = 'alice', username = user } = action;
  const play = (cluster: Cluster): Promise<unknown> =>
    cluster.kubectl(user, action.command.split(' '), action.options);
  return { name, username, expect, note, except, play };
}
