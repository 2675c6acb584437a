import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { decide, type JudgedPolicy } from '../../../src/admission/decide.ts';
import type { FailureMode } from '../../../src/policy/descriptor.ts';
import {
  SAMPLE_ID,
  sampleContext,
  sampleFinding,
  sampleObject,
  sampleOutcome,
  sampleUnavailable,
} from '../../support/admission-samples.ts';

const finding = sampleFinding();

function judged(overrides: Partial<JudgedPolicy> = {}): JudgedPolicy {
  return { outcome: sampleOutcome(), mode: 'enforce', failure: 'deny', ...overrides };
}

describe('decide()', () => {
  it('allows when no policy matched', () => {
    assert.deepEqual(decide([], sampleContext()), {
      id: SAMPLE_ID,
      allowed: true,
      code: 'allowed',
      httpStatus: 200,
      message: '',
      wouldDeny: undefined,
      warnings: [],
      patch: [],
      policies: [],
      dryRun: false,
      cluster: 'prod-eu-1',
      policyRevision: 'sha256:abc',
      decidedAtMs: 1002,
      durationMs: 2,
      timings: undefined,
      facts: {},
    });
  });

  it('denies with 403 and the code of the finding when an enforced policy denies', () => {
    const decision = decide(
      [judged({ outcome: sampleOutcome({ deny: [finding] }) })],
      sampleContext(),
    );

    assert.equal(decision.allowed, false);
    assert.equal(decision.httpStatus, 403);
    assert.equal(decision.code, 'managed_object_changed');
    assert.equal(
      decision.message,
      'deployments.apps shop/checkout is managed by the Argo CD application "checkout"\n' +
        `Change it in Git\n(managed_object_changed by sample, cluster prod-eu-1, decision ${SAMPLE_ID})`,
    );
    assert.deepEqual(decision.policies, [
      {
        policy: 'sample',
        mode: 'enforce',
        status: 'denied',
        findings: [finding],
        unavailable: undefined,
      },
    ]);
  });

  it('turns denials into warnings in mode warn', () => {
    const decision = decide(
      [judged({ mode: 'warn', outcome: sampleOutcome({ deny: [finding] }) })],
      sampleContext(),
    );

    assert.equal(decision.allowed, true);
    assert.deepEqual(decision.warnings, [
      'deployments.apps shop/checkout is managed by the Argo CD application "checkout" ' +
        `(managed_object_changed by sample, decision ${SAMPLE_ID})`,
    ]);
    assert.equal(decision.policies[0]?.status, 'warned');
  });

  it('keeps denials and warnings to the record in mode audit', () => {
    const decision = decide(
      [judged({ mode: 'audit', outcome: sampleOutcome({ deny: [finding], warn: [finding] }) })],
      sampleContext(),
    );

    assert.equal(decision.allowed, true);
    assert.deepEqual(decision.warnings, []);
    assert.deepEqual(decision.policies[0]?.findings, [finding, finding]);
    assert.equal(decision.policies[0]?.status, 'audited');
  });

  it('records audit findings in every mode', () => {
    for (const mode of ['enforce', 'warn', 'audit'] as const) {
      const decision = decide(
        [judged({ mode, outcome: sampleOutcome({ audit: [finding] }) })],
        sampleContext(),
      );

      assert.equal(decision.allowed, true);
      assert.deepEqual(decision.policies[0]?.findings, [finding]);
      assert.equal(decision.policies[0]?.status, 'audited');
    }
  });

  it('has the denial of the mode enforce, word for word, where only the mode let the request pass', () => {
    const outcome = sampleOutcome({ deny: [finding], warn: [finding], audit: [finding] });
    const { code, message } = decide([judged({ outcome })], sampleContext());

    for (const mode of ['warn', 'audit'] as const) {
      assert.deepEqual(decide([judged({ outcome, mode })], sampleContext()).wouldDeny, {
        code,
        message,
        policies: ['sample'],
      });
    }
  });

  it('has none where the policy gives advice only, where it is refused anyhow, and on /mutate', () => {
    const advice = judged({ mode: 'warn', outcome: sampleOutcome({ warn: [finding] }) });
    const objecting = judged({ mode: 'warn', outcome: sampleOutcome({ deny: [finding] }) });
    const enforced = judged({ outcome: sampleOutcome({ deny: [finding] }) });

    assert.equal(decide([advice], sampleContext()).wouldDeny, undefined);
    assert.equal(decide([objecting, enforced], sampleContext()).wouldDeny, undefined);
    assert.equal(decide([objecting], sampleContext({ route: 'mutate' })).wouldDeny, undefined);
    const unavailable = judged({ mode: 'warn', outcome: sampleUnavailable() });
    assert.equal(decide([unavailable], sampleContext({ route: 'mutate' })).wouldDeny, undefined);
  });

  it('counts a policy that cannot be evaluated as it would with its failure mode', () => {
    const codeOf = (failure: FailureMode) =>
      decide([judged({ mode: 'audit', outcome: sampleUnavailable(), failure })], sampleContext())
        .wouldDeny?.code;

    assert.deepEqual(
      [codeOf('deny'), codeOf('warn'), codeOf('allow')],
      ['policy_deadline_exceeded', undefined, undefined],
    );
  });

  const unavailableTable = [
    { mode: 'enforce', failure: 'deny', allowed: false, warned: false },
    { mode: 'enforce', failure: 'warn', allowed: true, warned: true },
    { mode: 'enforce', failure: 'allow', allowed: true, warned: false },
    { mode: 'warn', failure: 'deny', allowed: true, warned: true },
    { mode: 'warn', failure: 'warn', allowed: true, warned: true },
    { mode: 'warn', failure: 'allow', allowed: true, warned: false },
    { mode: 'audit', failure: 'deny', allowed: true, warned: false },
    { mode: 'audit', failure: 'warn', allowed: true, warned: false },
  ] as const;
  for (const { mode, failure, allowed, warned } of unavailableTable) {
    it(`meets failure mode ${failure} in mode ${mode} with ${allowed ? 'allow' : 'deny'}`, () => {
      const decision = decide(
        [judged({ outcome: sampleUnavailable(), mode, failure })],
        sampleContext(),
      );

      assert.equal(decision.allowed, allowed);
      assert.equal(decision.httpStatus, allowed ? 200 : 503);
      assert.deepEqual(
        decision.warnings,
        warned
          ? [
              'sample could not be evaluated (policy_deadline_exceeded): it did not finish within 100 ms',
            ]
          : [],
      );
      assert.deepEqual(decision.policies, [
        {
          policy: 'sample',
          mode,
          status: 'unavailable',
          findings: [],
          unavailable: {
            code: 'policy_deadline_exceeded',
            reason: 'it did not finish within 100 ms',
          },
        },
      ]);
    });
  }

  it('says which policy could not be evaluated and why', () => {
    const decision = decide([judged({ outcome: sampleUnavailable() })], sampleContext());

    assert.equal(decision.code, 'policy_deadline_exceeded');
    assert.equal(
      decision.message,
      'The policy "sample" could not be evaluated, and it refuses what it cannot judge: ' +
        'it did not finish within 100 ms\n' +
        'Try again; if it keeps failing, show the decision id to the people who run Holdfast\n' +
        `(policy_deadline_exceeded by sample, cluster prod-eu-1, decision ${SAMPLE_ID})`,
    );
  });

  it('answers 403 with the code of the real denial when another policy was unavailable', () => {
    const decision = decide(
      [
        judged({ outcome: sampleUnavailable('slow') }),
        judged({ outcome: sampleOutcome({ deny: [finding] }) }),
      ],
      sampleContext(),
    );

    assert.equal(decision.httpStatus, 403);
    assert.equal(decision.code, 'managed_object_changed');
  });

  const patch = [{ op: 'add', path: '/metadata/labels/a', value: 'b' }] as const;

  it('patches on /mutate what an enforced policy asks for', () => {
    const decision = decide(
      [judged({ outcome: sampleOutcome({ patch }) })],
      sampleContext({ route: 'mutate', facts: { object: sampleObject({ managed: false }) } }),
    );

    assert.deepEqual(decision.patch, patch);
    assert.equal(decision.allowed, true);
  });

  const unpatched: readonly [string, Partial<JudgedPolicy>, Parameters<typeof sampleContext>[0]][] =
    [
      ['on /validate', {}, { route: 'validate' }],
      ['in mode warn', { mode: 'warn' }, { route: 'mutate' }],
      ['in mode audit', { mode: 'audit' }, { route: 'mutate' }],
      [
        'what Git manages',
        {},
        { route: 'mutate', facts: { object: sampleObject({ managed: true }) } },
      ],
      ['on behalf of an unavailable policy', { outcome: sampleUnavailable() }, { route: 'mutate' }],
    ];
  for (const [name, overrides, context] of unpatched) {
    it(`does not patch ${name}`, () => {
      const decision = decide(
        [judged({ outcome: sampleOutcome({ patch }), ...overrides })],
        sampleContext(context),
      );

      assert.deepEqual(decision.patch, []);
    });
  }

  it('never refuses and never warns on /mutate', () => {
    const decision = decide(
      [
        judged({ outcome: sampleOutcome({ deny: [finding], warn: [finding] }) }),
        judged({ outcome: sampleUnavailable() }),
      ],
      sampleContext({ route: 'mutate' }),
    );

    assert.equal(decision.allowed, true);
    assert.deepEqual(decision.warnings, []);
    // What was found of an object that nobody stores is no evidence; that a policy could not patch is.
    assert.deepEqual(
      decision.policies.map(({ status, findings }) => [status, findings]),
      [
        ['passed', []],
        ['unavailable', []],
      ],
    );
  });

  it('patches on /mutate although a rule of the policy denies the unpatched object', () => {
    const decision = decide(
      [judged({ outcome: sampleOutcome({ deny: [finding], patch }) })],
      sampleContext({ route: 'mutate', facts: { object: sampleObject({ managed: false }) } }),
    );

    assert.deepEqual(decision.patch, patch);
    assert.deepEqual(
      decision.policies.map(({ status }) => status),
      ['passed'],
    );
  });

  it('refuses if and only if an enforced policy denies or fails with failure mode deny, in any order', () => {
    const anyFinding = fc.array(fc.constant(finding), { maxLength: 2 });
    const anyOutcome = fc.oneof(
      fc.record({ deny: anyFinding, warn: anyFinding }).map((rules) => sampleOutcome(rules)),
      fc.constant(sampleUnavailable()),
    );
    const anyJudged = fc.record<JudgedPolicy>({
      outcome: anyOutcome,
      mode: fc.constantFrom('enforce', 'warn', 'audit'),
      failure: fc.constantFrom<FailureMode>('deny', 'allow', 'warn'),
    });

    fc.assert(
      fc.property(fc.array(anyJudged, { maxLength: 6 }), (policies) => {
        const refuses = policies.some(
          ({ outcome, mode, failure }) =>
            mode === 'enforce' &&
            (outcome.status === 'unavailable' ? failure === 'deny' : outcome.deny.length > 0),
        );

        assert.equal(decide(policies, sampleContext()).allowed, !refuses);
        assert.equal(decide(policies.toReversed(), sampleContext()).allowed, !refuses);
      }),
    );
  });
});
