/** An engine with the policies of `test/fixtures/policies/judging`, and questions to it. */
import { addMs, systemClock } from '../../src/base/clock.ts';
import { createPolicyEngine, type RunningPolicyEngine } from '../../src/policy/engine.ts';
import type { PolicyOutcome } from '../../src/policy/outcome.ts';
import type { RequestCause } from '../../src/policy/request-cause.ts';
import { engineSchema, type EngineSettings } from '../../src/policy/settings.ts';
import { compileFolder, fixturePolicies } from './policy-bundles.ts';
import { recordTelemetry, type RecordingTelemetry } from './recording-telemetry.ts';

/** What the policies are told in every question. */
export const FACTS = {
  actor: { class: 'other' },
  object: { managed: true, app: 'checkout' },
  cluster: { name: 'test', frozen: false },
};

/** On whose account everything is asked, if nothing else is said. */
export const CAUSE: RequestCause = {
  username: 'jane',
  namespace: 'shop',
  resource: 'deployments.apps',
};

export interface Asked {
  /** @default all of the engine's */
  readonly policies?: readonly string[];
  readonly operation?: string;
  /** @default jane, who writes deployments of namespace shop */
  readonly cause?: Partial<RequestCause>;
  readonly deadlineMs?: number;
  /** Makes the request so many bytes longer. */
  readonly paddingBytes?: number;
  /** Each policy's own deadline. @default what its METADATA says */
  readonly policyDeadlineMs?: number;
  readonly parameters?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

export interface JudgingEngine {
  readonly engine: RunningPolicyEngine;
  readonly telemetry: RecordingTelemetry;
  /** Has an object of this name judged. */
  readonly ask: (name: string, asked?: Asked) => Promise<readonly PolicyOutcome[]>;
}

/** Starts an engine. */
export async function startJudging(options: Partial<EngineSettings> = {}): Promise<JudgingEngine> {
  const bundle = await compileFolder(fixturePolicies('judging'));
  const telemetry = recordTelemetry();
  const engine = await createPolicyEngine(
    bundle,
    { ...engineSchema.parse({}), ...options },
    telemetry,
  );
  return { engine, telemetry, ask: (name, asked) => ask(engine, name, asked) };
}

function ask(
  engine: RunningPolicyEngine,
  name: string,
  {
    policies,
    operation = 'DELETE',
    deadlineMs = 10_000,
    paddingBytes,
    policyDeadlineMs,
    ...asked
  }: Asked = {},
): Promise<readonly PolicyOutcome[]> {
  const chosen = engine.descriptors.filter(
    (descriptor) => policies === undefined || policies.includes(descriptor.name),
  );
  return engine.evaluate({
    policies: chosen.map((descriptor) => ({
      ...descriptor,
      deadlineMs: policyDeadlineMs ?? descriptor.deadlineMs,
    })),
    requestJson: Buffer.from(
      JSON.stringify({
        name,
        namespace: 'shop',
        operation,
        padding: ' '.repeat(paddingBytes ?? 0),
      }),
    ),
    cause: { ...CAUSE, ...asked.cause },
    facts: FACTS,
    parameters: asked.parameters ?? {},
    deadlineAtMs: addMs(systemClock.monotonicMs(), deadlineMs),
  });
}

/** Status, and code where there is one, by policy. */
export function summarize(outcomes: readonly PolicyOutcome[]): Readonly<Record<string, string>> {
  return Object.fromEntries(
    outcomes.map((outcome) => [
      outcome.policy,
      outcome.status === 'evaluated' ? 'evaluated' : outcome.code,
    ]),
  );
}

/** The summary where every policy judged. */
export const ALL_EVALUATED = {
  counting: 'evaluated',
  failing: 'evaluated',
  hungry: 'evaluated',
  malformed: 'evaluated',
  patching: 'evaluated',
  refuse_other: 'evaluated',
  runaway: 'evaluated',
  verbose: 'evaluated',
};
