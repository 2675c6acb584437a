/** Whatever goes wrong in a policy is told: none of it looks like a policy that finds nothing. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';

import { addMs, systemClock } from '../../src/base/clock.ts';
import { createPolicyEngine, type RunningPolicyEngine } from '../../src/policy/engine.ts';
import { BUNDLE_FORMAT, sha256, type Manifest } from '../../src/policy/manifest.ts';
import { engineSchema } from '../../src/policy/settings.ts';
import { compilePolicies } from '../support/compile-policies.ts';
import { CAUSE, FACTS } from '../support/judging-engine.ts';
import { sampleDescriptor } from '../support/admission-samples.ts';
import { recordTelemetry } from '../support/recording-telemetry.ts';

const FAILED = 'policy_evaluation_failed';
const INVALID = 'policy_result_invalid';

/** What the body of a policy does, and how its outcome is told. All but the last go wrong. */
const TABLE = {
  a_message_that_is_a_number: ['deny contains {"code": "a", "message": 1}', INVALID],
  a_message_that_is_null: ['deny contains {"code": "a", "message": null}', INVALID],
  an_empty_message: ['deny contains {"code": "a", "message": ""}', INVALID],
  no_code: ['deny contains {"message": "b"}', INVALID],
  a_finding_that_is_a_text: ['deny contains "b"', INVALID],
  a_finding_that_is_a_list: ['deny contains ["a", "b"]', INVALID],
  a_remedy_that_is_an_object: [
    'deny contains {"code": "a", "message": "b", "remedy": {}}',
    INVALID,
  ],
  a_path_that_is_a_list: ['deny contains {"code": "a", "message": "b", "path": ["c"]}', INVALID],
  findings_that_are_an_object: ['deny := {"code": "a", "message": "b"}', INVALID],
  findings_that_are_true: ['deny := true', INVALID],
  findings_that_are_undefined: ['deny := 1 if input.request.name == "other"', INVALID],
  two_values_of_one_rule: ['deny := {1}\n\ndeny := {2}', FAILED],
  two_values_of_one_key: ['deny[x] := y if { some y in [1, 2]; x := "a" }', FAILED],
  two_values_of_one_function: [
    'f(x) := 1 if x > 0\n\nf(x) := 2 if x > 1\n\ndeny contains {"code": "a", "message": "b"} if f(2) == 1',
    FAILED,
  ],
  a_built_in_that_fails: [
    'deny contains {"code": "a", "message": "b"} if semver.compare("x", "1.0.0") > 0',
    FAILED,
  ],
  a_negated_built_in_that_fails: [
    'deny contains {"code": "a", "message": "b"} if not regex.split("(", "a")',
    FAILED,
  ],
  a_list_beyond_the_limit: [
    'deny contains {"code": "a", "message": "b"} if count(numbers.range_step(1, 1000000, 1)) > 0',
    FAILED,
  ],
  nothing_to_find: [
    'deny contains {"code": "a", "message": "b"} if input.request.name == "other"',
    'evaluated',
  ],
} as const satisfies Readonly<Record<string, readonly [body: string, outcome: string]>>;

let engine: RunningPolicyEngine;

before(async () => {
  const texts = new Map(
    Object.entries(TABLE).map(([name, [body]]) => [
      name,
      `package holdfast.policies.${name}\n\n${body}\n`,
    ]),
  );
  const { moduleBytes } = await compilePolicies({ after }, texts);
  const manifest: Manifest = {
    format: BUNDLE_FORMAT,
    revision: sha256(moduleBytes),
    opaVersion: '1',
    moduleSha256: sha256(moduleBytes),
    builtins: {},
    policies: Object.keys(TABLE).map((name) => sampleDescriptor({ name, deadlineMs: 20_000 })),
    data: {},
  };
  const module = new WebAssembly.Module(moduleBytes);
  engine = await createPolicyEngine(
    { manifest, module, moduleBytes },
    { ...engineSchema.parse({}), deadlineMs: 20_000 },
    recordTelemetry(),
  );
});
after(() => engine.close());

describe('a policy', () => {
  for (const [name, [, outcome]] of Object.entries(TABLE)) {
    it(`with ${name.replaceAll('_', ' ')} is ${outcome}`, async () => {
      const [told] = await engine.evaluate({
        policies: engine.descriptors.filter((descriptor) => descriptor.name === name),
        requestJson: Buffer.from('{"name":"web"}'),
        cause: CAUSE,
        facts: FACTS,
        parameters: {},
        deadlineAtMs: addMs(systemClock.monotonicMs(), 20_000),
      });

      assert.equal(told?.status === 'unavailable' ? told.code : told?.status, outcome);
    });
  }

  it('is judged as before where others beside it go wrong', async () => {
    const told = await engine.evaluate({
      policies: engine.descriptors,
      requestJson: Buffer.from('{"name":"web"}'),
      cause: CAUSE,
      facts: FACTS,
      parameters: {},
      deadlineAtMs: addMs(systemClock.monotonicMs(), 20_000),
    });

    assert.deepEqual(
      told.map((one) => [one.policy, one.status === 'unavailable' ? one.code : one.status]),
      Object.entries(TABLE).map(([name, [, outcome]]) => [name, outcome]),
    );
  });
});
