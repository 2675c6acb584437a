/** Binds the proof of GitOps writers and of operators to the live cluster. */
import type { FactSources } from '../admission/facts/fact-sources.ts';
import type { Clock, MonotonicMs } from '../base/clock.ts';
import type { ClusterLookup } from '../kubernetes/lookup/lookup.ts';
import type { Configuration } from '../config/schema.ts';
import type { ActorFact } from '../identity/actor.ts';
import { installationNamespaces } from './installation-namespaces.ts';
import { createWriterProver, type ProvenActor } from '../identity/prove-writer.ts';
import type { AdmissionRequest } from '../kubernetes/admission-request.ts';
import { believe } from './bind-credentials.ts';

export interface ProverDependencies {
  readonly lookup: ClusterLookup;
  readonly clock: Clock;
}

/** Without a cluster, a claim cannot be verified: an installation without one has no controller to protect. */
export function bindProver(
  configuration: Pick<Configuration, 'breakGlass' | 'identity' | 'limits' | 'ownership'>,
  { lookup, clock }: ProverDependencies,
): FactSources['proveActor'] {
  const { identity, limits } = configuration;
  const workloads = new Map(
    identity.writers.flatMap(({ name, workload }) =>
      workload === undefined ? [] : [[name, workload]],
    ),
  );
  const prove = createWriterProver({
    workloads,
    installationNamespaces: new Set(installationNamespaces(configuration)),
    lookupFresh: lookup.lookupFresh,
    clock,
    proofCacheMs: limits.proofCacheMs,
    proofGraceMs: limits.proofGraceMs,
    proofCacheEntriesMax: limits.proofCacheEntriesMax,
  });
  // Operators of the configuration, so that there are no more of them than it names.
  const podHolders = new Set<string>();
  const proveOperator = async (
    request: AdmissionRequest,
    actor: ActorFact,
    deadlineAtMs: MonotonicMs,
  ): Promise<ProvenActor> => {
    const proven = await prove(request.userInfo, asPodHolder(actor), deadlineAtMs);
    if (proven.status === 'known' && proven.value.proof.sufficient) podHolders.add(actor.username);
    return { status: 'known', value: withPodCredential(actor, proven, identity.credentials) };
  };
  return (request, actor, deadlineAtMs) => {
    if (actor.class === 'operator' && actor.proof.grade === 'pod-bound') {
      return proveOperator(request, actor, deadlineAtMs);
    }
    // Stops `--as` with a forged uid: an operator that runs in a pod shows that pod.
    if (actor.class === 'operator' && podHolders.has(actor.username)) {
      const credential = believe({ status: 'unknown', kind: 'none' }, identity.credentials);
      return { status: 'known', value: { ...actor, credential } };
    }
    const proven = prove(request.userInfo, actor, deadlineAtMs);
    return proven instanceof Promise
      ? proven.then((settled) => believeWithoutCluster(settled, actor))
      : proven;
  };
}

function believeWithoutCluster(proven: ProvenActor, actor: ActorFact): ProvenActor {
  if (proven.status === 'known' || proven.code !== 'lookup_not_configured') return proven;
  return { status: 'known', value: actor };
}

// A name of its own, so that no operator is held to the workload of a writer that is called the same.
function asPodHolder(actor: ActorFact): ActorFact {
  const proof = { ...actor.proof, required: 'pod-bound' } as const;
  return { ...actor, class: 'gitops', name: `operator ${actor.name ?? ''}`, proof };
}

/** An operator whose pod runs is known by it: its token changes every hour, and its pod is what the node gave it to. */
function withPodCredential(
  actor: ActorFact,
  proven: ProvenActor,
  settings: Configuration['identity']['credentials'],
): ActorFact {
  if (settings.mode === 'off' || proven.status === 'unavailable') return actor;
  const status = proven.value.proof.sufficient ? 'known' : 'unknown';
  return { ...actor, credential: believe({ status, kind: 'token' }, settings) };
}
