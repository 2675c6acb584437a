/** What does not work with the hub, in one line for people. */
import type { ReflectorState } from '../watch/reflector.ts';

export interface HubCondition {
  /** The hub's address, or the kubeconfig where it was never read. */
  readonly server: string;
  readonly kubeconfigProblem: string | undefined;
  readonly identityProblem: string | undefined;
  readonly state: ReflectorState;
  readonly isServing: boolean;
  /** Since it was heard of last. */
  readonly ageMs: number;
  /** For so long what was read last still counts; negative if it does not any more, or never did. */
  readonly keptForMs: number;
}

const MS_PER_SECOND = 1000;

/** `undefined` if all is well. */
export function describeProblem(condition: HubCondition): string | undefined {
  const { kubeconfigProblem, identityProblem } = condition;
  if (kubeconfigProblem !== undefined) return `${kubeconfigProblem}; ${describeKept(condition)}`;
  const problem = describeState(condition) ?? identityProblem;
  return problem && `${condition.server}: ${problem}`;
}

function describeState(condition: HubCondition): string | undefined {
  const { state, isServing, ageMs } = condition;
  switch (state) {
    case 'synced':
      if (isServing) return undefined;
      return `not heard of for ${seconds(ageMs)}; ${describeKept(condition)}`;
    case 'listing':
      return `its Applications are not listed yet, for ${seconds(ageMs)}; writers are asked for one by one`;
    case 'forbidden':
      return `the account may not follow its Applications: grant get, list and watch on applications.argoproj.io; ${describeKept(condition)}`;
    case 'absent':
      return `it serves no Applications: is it the cluster of Argo CD? ${describeKept(condition)}`;
    case 'overflowed':
      return 'more Applications than there is room for: raise kubernetes.hub.entriesMax; nothing is kept for an outage';
  }
}

function describeKept({ keptForMs }: HubCondition): string {
  return keptForMs > 0 && Number.isFinite(keptForMs)
    ? `what was read last counts for another ${seconds(keptForMs)}`
    : 'nothing that was read counts any more, and writers of Argo CD are refused until it answers';
}

function seconds(durationMs: number): string {
  return `${Math.ceil(durationMs / MS_PER_SECOND)} s`;
}
