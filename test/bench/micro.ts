/** What each step of one review costs, in one process: tells where the time of the request path goes. */
import { join } from 'node:path';

import { createAdmit, type Admit } from '../../src/admission/admit.ts';
import { decide, type DecisionContext, type JudgedPolicy } from '../../src/admission/decide.ts';
import type { Decision } from '../../src/admission/decision.ts';
import { decodeReview } from '../../src/admission/decode.ts';
import { causeOf } from '../../src/admission/admit.ts';
import { gather } from '../../src/admission/gather.ts';
import type { EvaluationInput, PolicyEngine } from '../../src/admission/ports.ts';
import { respond } from '../../src/admission/respond.ts';
import type { AdmissionRuntime } from '../../src/admission/runtime.ts';
import { cacheFolder } from '../../src/base/cache-folder.ts';
import { type MonotonicMs, addMs, systemClock } from '../../src/base/clock.ts';
import { createIdentifierGenerator } from '../../src/base/identifier.ts';
import { parseStrictJson } from '../../src/base/strict-json.ts';
import { createAdmissionObserver } from '../../src/compose/admission-observer.ts';
import type { ActorFact } from '../../src/identity/actor.ts';
import type { AdmissionRequest } from '../../src/kubernetes/admission-request.ts';
import { LIMITS } from '../../src/config/limits.ts';
import { ensureBundle } from '../../src/authoring/ensure-bundle.ts';
import { createPolicyEngine } from '../../src/policy/engine.ts';
import { engineSchema } from '../../src/policy/settings.ts';
import { formatInput, formatParameters } from '../../src/policy/wasm/format-input.ts';
import { parseVerdicts } from '../../src/policy/parse-verdicts.ts';
import { loadRequiredBuiltins } from '../../src/policy/wasm/load-required-builtins.ts';
import { WasmHost } from '../../src/policy/wasm/wasm-host.ts';
import { createLogger } from '../../src/telemetry/pino-logger.ts';
import { createMetrics } from '../../src/telemetry/prometheus-metrics.ts';
import { benchRuntime } from './bench-case.ts';
import { formatTable } from './report-format.ts';
import {
  readRecordedReviews,
  REPOSITORY_ROOT,
  selectBenchReviews,
  type BenchReview,
} from './workload.ts';

const CALLS = 3_000;
const REPEATS = 3;
const CONCURRENT = 32;
const LIMIT = { jsonDepthMax: LIMITS['limits.jsonDepthMax'].default };
const DEADLINE_MS = 60_000;

type Step = readonly [name: string, run: () => unknown];

/** Prints one table for each measured review. */
export async function runMicro(): Promise<void> {
  const { bundle } = await ensureBundle({
    sourceFolder: join(REPOSITORY_ROOT, 'test', 'bench', 'policies'),
    cacheFolder: cacheFolder(),
  });
  const host = new WasmHost(bundle.module, {
    memoryPagesMax: LIMITS['engine.memoryPagesMax'].default,
    data: bundle.manifest.data,
    builtins: await loadRequiredBuiltins(bundle.module),
  });
  const logger = createLogger({ level: 'silent' });
  const metrics = createMetrics();
  const engine = await createPolicyEngine(bundle, engineSchema.parse({}), { logger, metrics });
  const runtime = benchRuntime(engine);
  const admit = createAdmit({
    runtime: () => runtime,
    recorder: { record: () => ({}) },
    observer: createAdmissionObserver(metrics, logger),
    clock: systemClock,
    nextId: createIdentifierGenerator(),
    replica: 'bench',
  });
  try {
    for (const review of selectBenchReviews(readRecordedReviews())) {
      const rows = await measureReview(review, { runtime, host, engine, admit });
      process.stdout.write(`\n${review.title}, ${Buffer.byteLength(review.body)} bytes\n\n`);
      process.stdout.write(`${formatTable(['step', 'µs'], rows)}\n`);
    }
  } finally {
    await engine.close();
  }
}

interface MicroParts {
  readonly runtime: AdmissionRuntime;
  readonly engine: PolicyEngine;
  readonly host: WasmHost;
  readonly admit: Admit;
}

/** What the steps pass on, computed once. */
interface Intermediate {
  readonly body: Uint8Array;
  readonly request: AdmissionRequest;
  readonly actor: ActorFact;
  readonly input: EvaluationInput;
  readonly wasmInput: Uint8Array;
  readonly verdicts: string;
  readonly judged: readonly JudgedPolicy[];
  readonly decision: Decision;
}

async function measureReview(review: BenchReview, parts: MicroParts): Promise<string[][]> {
  const known = await walk(Buffer.from(review.body), parts);
  const rows: string[][] = [];
  for (const [name, run] of listSteps(known, parts)) {
    rows.push([name, (await fastest(run, 1)).toFixed(1)]);
  }
  const { body, input } = known;
  const pathOf = (): unknown => parts.admit('validate', body, deadline());
  const judge = (): unknown => parts.engine.evaluate({ ...input, deadlineAtMs: deadline() });
  for (const [name, run] of [
    ['evaluate, round trip through a worker', judge],
    ['the whole path: bytes in, bytes out', pathOf],
  ] as const) {
    rows.push([`${name}, one at a time`, (await fastest(run, 1)).toFixed(1)]);
    rows.push([`${name}, ${CONCURRENT} at a time`, (await fastest(run, CONCURRENT)).toFixed(1)]);
  }
  return rows;
}

function listSteps(known: Intermediate, { runtime, host }: MicroParts): readonly Step[] {
  const { body, request, actor, input, wasmInput, verdicts, judged, decision } = known;
  const { sources } = runtime;
  const parametersJson = formatParameters(
    input.policies.map(({ name }) => [name, input.parameters[name] ?? {}]),
  );
  return [
    ['for comparison: JSON.parse alone', (): unknown => JSON.parse(Buffer.from(body).toString())],
    ['decode: strict JSON', () => parseStrictJson(body, { depthMax: LIMIT.jsonDepthMax })],
    ['decode: everything', () => decodeReview(body, LIMIT)],
    ['classify the actor', () => sources.classifyActor(request)],
    ['match policies', () => runtime.matchPolicies('validate', request, actor)],
    ['describe the object', () => sources.describeObject(request, actor, deadline())],
    ['diff the change', () => sources.diffChange(request)],
    ['format the input', () => formatInput({ ...input, parametersJson })],
    ['WASM alone, in this thread', () => host.evaluate([wasmInput], { nowMs: 0 })],
    ['parse the verdicts', () => parseVerdicts(verdicts, input.policies)],
    ['decide', () => decide(judged, contextOf(runtime))],
    ['respond', () => respond('validate', request.uid, decision)],
  ];
}

/** Walks the request path once, and keeps what lies between its steps. */
async function walk(
  body: Uint8Array,
  { runtime, engine, host }: MicroParts,
): Promise<Intermediate> {
  const decoded = decodeReview(body, LIMIT);
  if (!decoded.ok) throw new Error(`Cannot decode the review: ${decoded.message}`);
  const { request, requestJson } = decoded;
  const { facts, policies } = await gather(request, {
    sources: runtime.sources,
    cluster: runtime.cluster,
    matchPolicies: (matched, actor) => runtime.matchPolicies('validate', matched, actor),
    deadlineAtMs: deadline(),
    alwaysNeeded: [],
  });
  const { parameters } = runtime.settings.parametersOf(policies, { namespace: request.namespace });
  const input = {
    policies,
    requestJson,
    cause: causeOf(request),
    facts,
    parameters,
    deadlineAtMs: deadline(),
  };
  const wasmInput = formatInput({
    ...input,
    parametersJson: formatParameters(policies.map(({ name }) => [name, parameters[name] ?? {}])),
  });
  const outcomes = await engine.evaluate(input);
  const judged = policies.flatMap((policy, position) => {
    const outcome = outcomes[position];
    return outcome ? [{ outcome, mode: 'enforce' as const, failure: policy.failure }] : [];
  });
  return {
    body,
    request,
    actor: runtime.sources.classifyActor(request),
    input,
    wasmInput,
    verdicts: host.evaluate([wasmInput], { nowMs: 0 }),
    judged,
    decision: decide(judged, contextOf(runtime)),
  };
}

function contextOf({ cluster, engine, messageCharsMax }: AdmissionRuntime): DecisionContext {
  return {
    id: '01JD3V9K2M0000000000000000',
    route: 'validate',
    cluster: cluster.name,
    policyRevision: engine.revision,
    dryRun: false,
    decidedAtMs: systemClock.wallMs(),
    durationMs: 0,
    facts: {},
    messageCharsMax,
  };
}

function deadline(): MonotonicMs {
  return addMs(systemClock.monotonicMs(), DEADLINE_MS);
}

/** Microseconds of one call, in the fastest of several repeats: the others were disturbed. */
async function fastest(run: () => unknown, concurrent: number): Promise<number> {
  const repeats: number[] = [];
  for (let repeat = 0; repeat < REPEATS; repeat += 1) {
    const startMs = performance.now();
    await callAll(run, concurrent);
    repeats.push(((performance.now() - startMs) / CALLS) * 1000);
  }
  return Math.min(...repeats);
}

async function callAll(run: () => unknown, concurrent: number): Promise<void> {
  for (let call = 0; call < CALLS; call += concurrent) {
    const results = Array.from({ length: concurrent }, run);
    // Awaiting plain values would add a turn of the microtask queue to steps that need none.
    if (results[0] instanceof Promise) await Promise.all(results);
  }
}
