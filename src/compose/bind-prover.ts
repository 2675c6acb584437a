/** Binds the proof of GitOps writers to the live cluster. */
import type { FactSources } from '../admission/facts/fact-sources.ts';
import type { Clock } from '../base/clock.ts';
import type { ClusterLookup } from '../kubernetes/lookup/lookup.ts';
import type { Configuration } from '../config/schema.ts';
import type { ActorFact } from '../identity/actor.ts';
import { installationNamespaces } from './installation-namespaces.ts';
import { createWriterProver, type ProvenActor } from '../identity/prove-writer.ts';

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
  return (request, actor, deadlineAtMs) => {
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
