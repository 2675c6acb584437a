/**
 * Facts as a record has them, in the place of those that a cluster, a repository or a registry would be asked for: they may
 * answer otherwise now, and a million records must not ask a million times.
 */
import type { FactSources, Gathered } from '../../admission/facts/fact-sources.ts';
import type { KnownFacts } from '../../admission/facts/fact.ts';
import type { AdmissionRuntime } from '../../admission/runtime.ts';
import type { FactName } from '../../policy/fact-names.ts';

/**
 * A runtime that judges one record. Who asks is classified anew, since the configuration may have changed; how well that was proven is
 * the record's where it names the same identity. What the record does not have is unavailable, and never guessed.
 */
export function withRecordedFacts(runtime: AdmissionRuntime, facts: KnownFacts): AdmissionRuntime {
  return { ...runtime, sources: recordedSources(runtime.sources, facts) };
}

function recordedSources(sources: FactSources, facts: KnownFacts): FactSources {
  return {
    ...sources,
    proveActor: (request, claimed, deadlineAtMs) => {
      const { actor } = facts;
      if (actor === undefined) return sources.proveActor(request, claimed, deadlineAtMs);
      const isSame = actor.class === claimed.class && actor.name === claimed.name;
      return { status: 'known', value: isSame ? actor : claimed };
    },
    describeObject: () => recorded('object', facts.object),
    describeImages: () => recorded('images', facts.images),
    diffChange: (request) => facts.change ?? sources.diffChange(request),
    readNamespace: () => recorded('namespace', facts.namespace),
    readInventory: () => recorded('inventory', facts.inventory),
    findSource: () => recorded('source', facts.source),
  };
}

function recorded<Value>(name: FactName, value: Value | undefined): Gathered<Value> {
  if (value !== undefined) return { status: 'known', value };
  const reason = `the record does not have the fact "${name}"`;
  return { status: 'unavailable', code: 'fact_unavailable', reason };
}
