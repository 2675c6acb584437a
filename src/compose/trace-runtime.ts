/**
 * Puts spans around the parts of the request path. Without traces every part is returned as it is, so that a request does nothing for
 * what nobody asked for.
 */
import type { FactSources, Gathered } from '../admission/facts/fact-sources.ts';
import type { AdmissionObserver, DecisionRecorder, PolicyEngine } from '../admission/ports.ts';
import type { AdmissionRuntime } from '../admission/runtime.ts';
import { HoldfastError } from '../errors.ts';
import type { EvaluationPlace } from '../policy/engine.ts';
import { measureWait } from '../telemetry/tracing/measure-wait.ts';
import { currentSpan } from '../telemetry/tracing/trace-context.ts';
import type { OpenSpan, Traces } from '../telemetry/tracing/traces.ts';
import { outcomeOf } from './admission-observer.ts';

/** A runtime whose look-ups and evaluations have spans. */
export function traceRuntime(
  runtime: AdmissionRuntime,
  traces: Traces | undefined,
): AdmissionRuntime {
  if (traces === undefined) return runtime;
  const { breakGlass } = runtime;
  return {
    ...runtime,
    engine: traceEngine(runtime.engine, traces),
    sources: traceSources(runtime.sources, traces),
    breakGlass:
      breakGlass &&
      (async (request, deadlineAtMs) =>
        await measureWait(traces.begin('gather grant', 'internal', {}), () =>
          breakGlass(request, deadlineAtMs),
        )),
  };
}

function traceEngine(engine: PolicyEngine, traces: Traces): PolicyEngine {
  return {
    get revision() {
      return engine.revision;
    },
    get descriptors() {
      return engine.descriptors;
    },
    evaluate: async (input) =>
      await measureWait(
        traces.begin('evaluate policies', 'internal', {
          'holdfast.policies': input.policies.length,
          'holdfast.input.bytes': input.requestJson.byteLength,
        }),
        () => engine.evaluate(input),
        (outcomes, span) => {
          const failed = outcomes.find(({ status }) => status === 'unavailable');
          if (failed?.status === 'unavailable') span.fail(failed.code);
        },
      ),
  };
}

function traceSources(sources: FactSources, traces: Traces): FactSources {
  const measure = <Value>(
    fact: string,
    work: () => Gathered<Value> | Promise<Gathered<Value>>,
  ): Gathered<Value> | Promise<Gathered<Value>> =>
    measureWait(traces.begin(`gather ${fact}`, 'internal', {}), work, failWhereUnavailable);
  return {
    ...sources,
    proveActor: (request, actor, deadlineAtMs) =>
      measure('actor', () => sources.proveActor(request, actor, deadlineAtMs)),
    describeObject: (request, actor, deadlineAtMs) =>
      measure('object', () => sources.describeObject(request, actor, deadlineAtMs)),
    describeImages: (request, deadlineAtMs) =>
      measure('images', () => sources.describeImages(request, deadlineAtMs)),
    describePlaintext: (request, object, deadlineAtMs) =>
      measure('plaintext', () => sources.describePlaintext(request, object, deadlineAtMs)),
    describeDeletions: (request, object, deadlineAtMs) =>
      measure('deletions', () => sources.describeDeletions(request, object, deadlineAtMs)),
    describeRollback: (actor, object, deadlineAtMs) =>
      measure('rollback', () => sources.describeRollback(actor, object, deadlineAtMs)),
    describeFreezes: (request, written, deadlineAtMs) =>
      measure('freeze', () => sources.describeFreezes(request, written, deadlineAtMs)),
    findSource: (object, actor, asked) =>
      measure('source', () => sources.findSource(object, actor, asked)),
  };
}

function failWhereUnavailable(gathered: Gathered<unknown>, span: OpenSpan): void {
  if (gathered.status === 'unavailable') span.fail(gathered.code);
}

/** Names where a request was evaluated; of several evaluations the last one. */
export function onEvaluation(place: EvaluationPlace): void {
  currentSpan()?.annotate({ 'holdfast.evaluation.place': place });
}

/** A recorder whose waits have spans, and whose records name the span of their request. */
export function traceRecorder(
  recorder: DecisionRecorder,
  traces: Traces | undefined,
): DecisionRecorder {
  if (traces === undefined) return recorder;
  return {
    record: (record, deadlineAtMs) => {
      const span = traces.begin('record decision', 'internal', {});
      const trace = currentSpan()?.reference;
      return measureWait(
        span,
        () => recorder.record(trace === undefined ? record : { ...record, trace }, deadlineAtMs),
        ({ foldedInto }, open) => {
          open.annotate({ 'holdfast.folded': foldedInto !== undefined });
        },
      );
    },
  };
}

/** An observer that also writes the outcome to the span of the request. */
export function traceObserver(
  observer: AdmissionObserver,
  traces: Traces | undefined,
): AdmissionObserver {
  if (traces === undefined) return observer;
  return {
    decided: (route, request, decision) => {
      observer.decided(route, request, decision);
      const { resource, namespace, subResource } = request;
      currentSpan()?.annotate({
        'holdfast.decision': outcomeOf(route, decision),
        'holdfast.decision.id': decision.id,
        'holdfast.code': decision.code,
        'holdfast.operation': request.operation,
        'holdfast.dry_run': decision.dryRun,
        'holdfast.actor.class': decision.facts.actor?.class,
        'holdfast.policy_revision': decision.policyRevision,
        'k8s.object.group': resource.group,
        'k8s.object.resource': resource.resource,
        'k8s.object.subresource': subResource,
        'k8s.object.name': request.name,
        'k8s.namespace.name': namespace,
      });
    },
    rejected: (route, rejection) => {
      observer.rejected(route, rejection);
      currentSpan()?.annotate({ 'holdfast.code': rejection.code });
    },
    faulted: (request, fault) => {
      observer.faulted(request, fault);
      currentSpan()?.fail(fault instanceof HoldfastError ? fault.code : 'internal_error');
    },
  };
}
