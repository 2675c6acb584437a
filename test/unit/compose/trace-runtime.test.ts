import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createAdmissionObserver } from '../../../src/compose/admission-observer.ts';
import { traceObserver, traceRecorder, traceRuntime } from '../../../src/compose/trace-runtime.ts';
import { monotonicMs } from '../../../src/base/clock.ts';
import { HoldfastError } from '../../../src/errors.ts';
import type { AuditRecord } from '../../../src/audit/audit-record.ts';
import type { FactSources } from '../../../src/admission/facts/fact-sources.ts';
import type { DecisionRecorder } from '../../../src/admission/ports.ts';
import type { AdmissionRuntime } from '../../../src/admission/runtime.ts';
import type { PolicyOutcome } from '../../../src/policy/outcome.ts';
import { withinSpan } from '../../../src/telemetry/tracing/trace-context.ts';
import {
  sampleActor,
  sampleDescriptor,
  sampleObject,
  sampleOutcome,
  sampleRequest,
  sampleSettings,
  sampleUnavailable,
} from '../../support/admission-samples.ts';
import { sampleRecord } from '../../support/journal-entries.ts';
import { deniedDecision } from '../../support/decision-samples.ts';
import { recordSpan, recordTraces } from '../../support/recorded-span.ts';
import { recordTelemetry } from '../../support/recording-telemetry.ts';

const DEADLINE = monotonicMs(1000);

function sampleRuntime(
  sources: Partial<FactSources> = {},
  outcomes: readonly PolicyOutcome[] = [],
): AdmissionRuntime {
  return {
    decodeLimits: { jsonDepthMax: 100 },
    engine: { revision: 'r', descriptors: [], evaluate: () => Promise.resolve(outcomes) },
    sources: {
      classifyActor: () => sampleActor(),
      proveActor: (_request, value) => ({ status: 'known', value }),
      describeObject: () => ({ status: 'known', value: sampleObject() }),
      describeImages: () => ({ status: 'known', value: [] }),
      describeDeletions: () => ({ status: 'known', value: null }),
      describeRollback: () => ({ status: 'known', value: null }),
      describeFreezes: () => ({ status: 'known', value: { freezes: [], isRevert: false } }),
      describePlaintext: () => ({
        status: 'known',
        value: { credentials: [], isTruncated: false, secretKeys: [] },
      }),
      diffChange: () => ({ semantic: false, paths: [], protectedKeys: [], truncated: false }),
      readNamespace: () => ({ status: 'known', value: null }),
      readInventory: () => ({ status: 'known', value: { cluster: {}, namespace: {} } }),
      findSource: () => ({ status: 'known', value: null }),
      ...sources,
    },
    breakGlass: () => Promise.resolve({ refused: [] }),
    alertsOfGrants: false,
    cluster: { name: 'test', frozen: false },
    configurationHash: 'c0ffee',
    messageCharsMax: 100,
    matchPolicies: () => [],
    settings: sampleSettings(),
    recorded: { managedWrites: true, routineAllows: 'none' },
    recordFailure: 'deny',
  };
}

describe('without traces', () => {
  it('every part is returned as it is', () => {
    const runtime = sampleRuntime();
    const recorder: DecisionRecorder = { record: () => ({}) };
    const { metrics, logger } = recordTelemetry();
    const observer = createAdmissionObserver(metrics, logger);

    assert.equal(traceRuntime(runtime, undefined), runtime);
    assert.equal(traceRecorder(recorder, undefined), recorder);
    assert.equal(traceObserver(observer, undefined), observer);
  });
});

describe('traceRuntime()', () => {
  it('has a span for each fact that is waited for, and none for the others', async () => {
    const { traces, begun } = recordTraces();
    const runtime = traceRuntime(
      sampleRuntime({
        describeObject: () =>
          Promise.resolve({ status: 'unavailable', code: 'lookup_failed', reason: 'secret' }),
        findSource: () => Promise.resolve({ status: 'known', value: null }),
      }),
      traces,
    );
    const request = sampleRequest();
    const { sources } = runtime;

    await withinSpan(recordSpan().span, async () => {
      await sources.proveActor(request, sampleActor(), DEADLINE);
      await sources.describeObject(request, sampleActor(), DEADLINE);
      await sources.describeImages(request, DEADLINE);
      await sources.describePlaintext(request, sampleObject(), DEADLINE);
      await sources.describeDeletions(request, sampleObject(), DEADLINE);
      await sources.describeRollback(sampleActor(), sampleObject(), DEADLINE);
      const written = { actor: sampleActor(), object: sampleObject() };
      await sources.describeFreezes(request, written, DEADLINE);
      await sources.findSource(sampleObject(), sampleActor(), { request, deadlineAtMs: DEADLINE });
      await runtime.breakGlass?.(request, DEADLINE);
    });

    assert.deepEqual(
      begun.filter(({ events }) => events.length > 0).map(({ name, events }) => [name, events]),
      [
        ['gather object', [{ failed: 'lookup_failed' }, 'ended']],
        ['gather source', ['ended']],
        ['gather grant', ['ended']],
      ],
    );
  });

  it('has a span for the evaluation, which fails with an unavailable policy', async () => {
    const { traces, begun } = recordTraces();
    const outcomes = [sampleOutcome(), sampleUnavailable('other')];
    const runtime = traceRuntime(sampleRuntime({}, outcomes), traces);
    const input = {
      policies: [sampleDescriptor()],
      requestJson: new Uint8Array(7),
      cause: { username: 'alice', namespace: 'shop', resource: 'configmaps' },
      facts: { cluster: { name: 'test', frozen: false } },
      parameters: {},
      deadlineAtMs: DEADLINE,
    };

    const given = await withinSpan(recordSpan().span, () => runtime.engine.evaluate(input));

    assert.equal(given, outcomes);
    assert.deepEqual(
      begun.map(({ name, attributes, events }) => [name, attributes, events]),
      [
        [
          'evaluate policies',
          { 'holdfast.policies': 1, 'holdfast.input.bytes': 7 },
          [{ failed: 'policy_deadline_exceeded' }, 'ended'],
        ],
      ],
    );
  });

  it('reads what may change at run time from the runtime', () => {
    const runtime = sampleRuntime();
    const traced = traceRuntime(runtime, recordTraces().traces);

    assert.equal(traced.engine.revision, runtime.engine.revision);
    assert.equal(traced.engine.descriptors, runtime.engine.descriptors);
  });
});

describe('traceRecorder()', () => {
  it('names the span of the request in the record, and measures the wait', async () => {
    const { traces, begun } = recordTraces();
    const records: AuditRecord[] = [];
    const recorder = traceRecorder(
      {
        record: (record) => {
          records.push(record);
          return Promise.resolve({ foldedInto: 'x' });
        },
      },
      traces,
    );
    const { span } = recordSpan();

    await recorder.record(sampleRecord(1), DEADLINE);
    await withinSpan(span, () => recorder.record(sampleRecord(2), DEADLINE));

    assert.deepEqual(
      records.map(({ trace }) => trace),
      [undefined, span.reference],
    );
    assert.ok(!('trace' in (records[0] ?? {})));
    assert.deepEqual(
      begun.map(({ name, events }) => [name, events]),
      [['record decision', [{ annotated: { 'holdfast.folded': true } }, 'ended']]],
    );
  });
});

describe('traceObserver()', () => {
  it('writes outcomes and codes to the span of the request, and counts as before', async () => {
    const telemetry = recordTelemetry();
    const plain = createAdmissionObserver(telemetry.metrics, telemetry.logger);
    const observer = traceObserver(plain, recordTraces().traces);
    const { span, events } = recordSpan();
    const observe = (): void => {
      observer.decided('validate', sampleRequest(), deniedDecision);
      observer.rejected('validate', { code: 'review_malformed_json', message: 'secret' });
      observer.faulted(sampleRequest(), new HoldfastError('journal_write_failed', 'secret'));
      observer.faulted(sampleRequest(), new Error('secret'));
    };

    withinSpan(span, observe);
    observe();

    const [decided, ...rest] = events;
    assert.deepEqual(decided, {
      annotated: {
        'holdfast.decision': 'denied',
        'holdfast.decision.id': '01JD3V9K2M8Q4W6X0Y2Z4A6B8C',
        'holdfast.code': 'managed_object_changed',
        'holdfast.operation': 'CREATE',
        'holdfast.dry_run': false,
        'holdfast.actor.class': 'other',
        'holdfast.policy_revision': 'abc',
        'k8s.object.group': '',
        'k8s.object.resource': 'configmaps',
        'k8s.object.subresource': undefined,
        'k8s.object.name': 'settings',
        'k8s.namespace.name': 'shop',
      },
    });
    assert.deepEqual(rest, [
      { annotated: { 'holdfast.code': 'review_malformed_json' } },
      { failed: 'journal_write_failed' },
      { failed: 'internal_error' },
    ]);
    assert.deepEqual(await telemetry.exposed('holdfast_decisions_total'), [
      'holdfast_decisions_total{route="validate",operation="CREATE",decision="denied"} 2',
    ]);
  });
});
