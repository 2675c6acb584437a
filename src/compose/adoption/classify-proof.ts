/** What can be told of the tokens of an account: whether its pods have bound ones, and whether Secrets keep others. */
import type { AccountReference, ClusterSurvey } from './cluster-survey.ts';
import { listSeen } from './looked.ts';

export interface ProofFinding {
  /** What was found. */
  readonly notes: readonly string[];
  /** What a person must look at, since a writer without the demanded proof writes nothing. */
  readonly doubts: readonly string[];
}

/** For an account whose pods must show a bound token (`proof: pod-bound`). */
export function classifyProof(
  { namespace, name }: AccountReference,
  survey: Pick<ClusterSurvey, 'pods' | 'tokenSecrets'>,
): ProofFinding {
  const looked = survey.pods.get(namespace);
  const kept = listSeen(survey.tokenSecrets).filter(
    (secret) => secret.namespace === namespace && secret.account === name,
  );
  const secrets = kept.map(
    (secret) =>
      `Secret ${namespace}/${secret.name} keeps a token of it that never expires, which Holdfast refuses: delete it if nobody needs it`,
  );
  if (looked === undefined || looked.status === 'unseen') {
    return { notes: ['The pods of the namespace could not be read'], doubts: secrets };
  }
  const pods = looked.value.filter((pod) => pod.serviceAccount === name && pod.isRunning);
  const unbound = pods.filter((pod) => !pod.hasBoundToken);
  if (pods.length === 0) {
    const doubt = `No running pod uses the ServiceAccount ${namespace}/${name}: what it writes is refused until one does`;
    return { notes: [], doubts: [doubt, ...secrets] };
  }
  const doubts = unbound.map(
    (pod) =>
      `Pod ${namespace}/${pod.name} mounts no token that is bound to it: proof must be what it shows instead`,
  );
  const bound = pods.filter((pod) => pod.hasBoundToken);
  const notes = bound.map((pod) => `Pod ${namespace}/${pod.name} has a token that is bound to it`);
  return { notes: notes.slice(0, PODS_SHOWN), doubts: [...doubts, ...secrets] };
}

/** One is the evidence; the rest are of the same workload. */
const PODS_SHOWN = 1;
