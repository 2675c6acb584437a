import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { monotonicMs } from '../../../src/base/clock.ts';
import { clockOf } from '../../support/simulated-time.ts';
import { createAdmit, type AdmitDependencies } from '../../../src/admission/admit.ts';
import type { Decision } from '../../../src/admission/decision.ts';
import type { Rejection } from '../../../src/admission/ports.ts';
import type { AdmissionRuntime } from '../../../src/admission/runtime.ts';
import type { AuditRecord } from '../../../src/audit/audit-record.ts';
import type { CoveringGrant } from '../../../src/identity/grants/find-grant.ts';
import type { PolicyOutcome } from '../../../src/policy/outcome.ts';
import {
  SAMPLE_ID,
  sampleActor,
  sampleDescriptor,
  sampleFinding,
  sampleObject,
  sampleOutcome,
  sampleRequest,
  sampleSettings,
} from '../../support/admission-samples.ts';

const body = Buffer.from(
  JSON.stringify({
    apiVersion: 'admission.k8s.io/v1',
    kind: 'AdmissionReview',
    request: sampleRequest(),
  }),
);

const GRANT = {
  id: 'G',
  subject: 'alice',
  reason: 'the checkout is down',
  ticket: 'INC-1',
  expires: '2026-01-01T01:00:00Z',
  approvers: ['anna'],
  use: 1,
  usesLeft: 1,
};

interface Heard {
  readonly records: AuditRecord[];
  readonly decisions: Decision[];
  readonly rejections: Rejection[];
  readonly faults: unknown[];
}

function dependencies(
  outcome: PolicyOutcome | undefined,
  runtime: Partial<AdmissionRuntime> = {},
): AdmitDependencies & Heard {
  const heard: Heard = { records: [], decisions: [], rejections: [], faults: [] };
  return {
    ...heard,
    runtime: () => ({
      decodeLimits: { jsonDepthMax: 100 },
      engine: {
        revision: 'sha256:abc',
        descriptors: [],
        evaluate: () => Promise.resolve(outcome === undefined ? [] : [outcome]),
      },
      sources: {
        classifyActor: () => sampleActor(),
        proveActor: (_request, actor) => ({ status: 'known', value: actor }),
        describeObject: () => ({ status: 'known', value: sampleObject({ managed: false }) }),
        describeImages: () => ({ status: 'known', value: [] }),
        describeDeletions: () => ({ status: 'known', value: null }),
        describeRollback: () => ({ status: 'known', value: null }),
        describeFreezes: () => ({ status: 'known', value: { freezes: [], isRevert: false } }),
        describePlaintext: () => ({
          status: 'known',
          value: { credentials: [], isTruncated: false, secretKeys: [] },
        }),
        diffChange: () => ({ semantic: true, paths: [], protectedKeys: [], truncated: false }),
        readNamespace: () => ({ status: 'known', value: null }),
        readInventory: () => ({ status: 'known', value: { cluster: {}, namespace: {} } }),
        findSource: () => ({ status: 'known', value: null }),
      },
      cluster: { name: 'prod-eu-1', frozen: false },
      configurationHash: 'c0ffee',
      messageCharsMax: 2000,
      matchPolicies: () => (outcome === undefined ? [] : [sampleDescriptor()]),
      settings: sampleSettings(),
      recorded: { managedWrites: true, routineAllows: 'none' },
      recordFailure: 'deny',
      alertsOfGrants: false,
      ...runtime,
    }),
    recorder: {
      record: (entry) => {
        heard.records.push(entry);
        return {};
      },
    },
    observer: {
      decided: (_route, _request, decision) => void heard.decisions.push(decision),
      rejected: (_route, rejection) => void heard.rejections.push(rejection),
      faulted: (_request, fault) => void heard.faults.push(fault),
    },
    clock: clockOf(() => 1000),
    nextId: () => SAMPLE_ID,
    replica: 'holdfast-0',
  };
}

function responseOf(answer: { readonly body: string }): unknown {
  const review: { readonly response: unknown } = JSON.parse(answer.body);
  return review.response;
}

describe('createAdmit()', () => {
  it('records a review under the configuration that judged it, though another came while it was judged', async () => {
    const outcome = sampleOutcome({ deny: [sampleFinding()] });
    const parts = dependencies(outcome);
    const before = parts.runtime();
    const after = {
      ...before,
      configurationHash: 'decaf',
      recordFailure: 'allow',
      recorded: { managedWrites: false, routineAllows: 'none' },
      messageCharsMax: 10,
      engine: { ...before.engine, revision: 'sha256:def' },
    } as const;
    let inForce: AdmissionRuntime = {
      ...before,
      engine: {
        ...before.engine,
        evaluate: () => {
          inForce = after;
          return Promise.resolve([outcome]);
        },
      },
    };
    const admit = createAdmit({ ...parts, runtime: () => inForce });

    await admit('validate', body, monotonicMs(6000));
    await admit('validate', body, monotonicMs(6000));

    assert.deepEqual(
      parts.records.map(({ policyRevision, configurationHash }) => [
        policyRevision,
        configurationHash,
      ]),
      [
        ['sha256:abc', 'c0ffee'],
        ['sha256:def', 'decaf'],
      ],
    );
    assert.ok(parts.records[0]?.message.includes('Change it in Git'));
  });

  it('allows what no policy judges, under the uid of the request', async () => {
    const parts = dependencies(undefined);

    const answer = await createAdmit(parts)('validate', body, monotonicMs(6000));

    assert.equal(answer.httpStatus, 200);
    assert.deepEqual(responseOf(answer), {
      uid: sampleRequest().uid,
      allowed: true,
      auditAnnotations: { decision: SAMPLE_ID },
    });
    assert.deepEqual(parts.records, []);
    assert.equal(parts.decisions.length, 1);
  });

  it('refuses what a policy denies, after the refusal is recorded', async () => {
    const parts = dependencies(sampleOutcome({ deny: [sampleFinding()] }));

    const answer = await createAdmit(parts)('validate', body, monotonicMs(6000));

    assert.equal(parts.records[0]?.decisionId, SAMPLE_ID);
    assert.deepEqual(responseOf(answer), {
      uid: sampleRequest().uid,
      allowed: false,
      status: {
        status: 'Failure',
        message:
          '\ndeployments.apps shop/checkout is managed by the Argo CD application "checkout"\n' +
          `Change it in Git\n(managed_object_changed by sample, cluster prod-eu-1, decision ${SAMPLE_ID})`,
        reason: 'Forbidden',
        code: 403,
      },
      auditAnnotations: {
        decision: SAMPLE_ID,
        code: 'managed_object_changed',
        'policy-revision': 'sha256:abc',
        policies: 'sample=denied',
      },
    });
  });

  it('patches on /mutate', async () => {
    const patch = [{ op: 'add', path: '/metadata/labels', value: { a: 'b' } }] as const;
    const parts = dependencies(sampleOutcome({ patch }));

    const answer = await createAdmit(parts)('mutate', body, monotonicMs(6000));

    assert.deepEqual(responseOf(answer), {
      uid: sampleRequest().uid,
      allowed: true,
      patchType: 'JSONPatch',
      patch: Buffer.from(JSON.stringify(patch)).toString('base64'),
      auditAnnotations: {
        decision: SAMPLE_ID,
        code: 'allowed',
        'policy-revision': 'sha256:abc',
      },
    });
  });

  it('answers a review that it cannot read with an HTTP error, and judges nothing', async () => {
    const parts = dependencies(undefined);

    const answer = await createAdmit(parts)('validate', Buffer.from('{'), monotonicMs(6000));

    assert.equal(answer.httpStatus, 400);
    assert.equal(parts.rejections[0]?.code, 'review_malformed_json');
    assert.deepEqual(parts.decisions, []);
  });

  it('judges a large review as a small one, and rejects what is large and no review', async () => {
    const object = { metadata: { annotations: { text: 'x'.repeat(300 * 1024) } } };
    const large = Buffer.from(
      JSON.stringify({
        apiVersion: 'admission.k8s.io/v1',
        kind: 'AdmissionReview',
        request: { ...sampleRequest(), object },
      }),
    );
    const parts = dependencies(sampleOutcome({ deny: [sampleFinding()] }));
    const admit = createAdmit(parts);

    const answer = await admit('validate', large, monotonicMs(6000));
    const cut = await admit('validate', large.subarray(0, -1), monotonicMs(6000));

    assert.deepEqual(
      responseOf(answer),
      responseOf(await admit('validate', body, monotonicMs(6000))),
    );
    assert.equal(cut.httpStatus, 400);
    assert.equal(parts.rejections[0]?.code, 'review_malformed_json');
  });

  it('takes an engine that gives no outcome for unavailable', async () => {
    const parts = dependencies(undefined, { matchPolicies: () => [sampleDescriptor()] });

    await createAdmit(parts)('validate', body, monotonicMs(6000));

    assert.equal(parts.decisions[0]?.allowed, false);
    assert.equal(parts.decisions[0]?.code, 'policy_evaluation_failed');
  });

  it('judges by the labels of the namespace, read once', async () => {
    let reads = 0;
    const parts = dependencies(sampleOutcome({ deny: [sampleFinding()] }));
    const before = parts.runtime();
    const runtime: AdmissionRuntime = {
      ...before,
      sources: {
        ...before.sources,
        readNamespace: () => {
          reads += 1;
          return { status: 'known', value: { metadata: { labels: { stage: 'dev' } } } };
        },
      },
      settings: {
        readsLabels: () => true,
        settingOf: (_policy, { labels }) => ({
          mode: labels?.[0]?.['stage'] === 'dev' ? 'warn' : 'enforce',
          failure: 'deny',
        }),
        parametersOf: (_policies, { labels }) => ({
          parameters: { sample: { stage: labels?.[0]?.['stage'] } },
          unknown: new Set(),
        }),
      },
      engine: {
        ...before.engine,
        evaluate: ({ parameters }) => {
          assert.deepEqual(parameters, { sample: { stage: 'dev' } });
          return Promise.resolve([sampleOutcome({ deny: [sampleFinding()] })]);
        },
      },
    };

    await createAdmit({ ...parts, runtime: () => runtime })('validate', body, monotonicMs(6000));

    assert.equal(reads, 1);
    assert.deepEqual(
      parts.decisions.map(({ allowed, policies }) => [allowed, policies[0]?.mode]),
      [[true, 'warn']],
    );
  });

  it('hears a policy that has become off no louder than audit', async () => {
    const settings = sampleSettings({ settingOf: () => ({ mode: 'off', failure: 'deny' }) });
    const parts = dependencies(sampleOutcome({ deny: [sampleFinding()] }), { settings });

    await createAdmit(parts)('validate', body, monotonicMs(6000));

    assert.deepEqual(
      parts.decisions.map(({ allowed, policies }) => [allowed, policies[0]?.mode]),
      [[true, 'audit']],
    );
  });

  it('asks the policies again where a grant covers what they refuse, and tells them of it', async () => {
    const asked: unknown[] = [];
    const covering: CoveringGrant = {
      id: 'G',
      namesResource: true,
      use: () => Promise.resolve({ ok: true, grant: GRANT }),
    };
    const parts = dependencies(undefined);
    const before = parts.runtime();
    const engine: AdmissionRuntime['engine'] = {
      ...before.engine,
      evaluate: (question) => {
        asked.push(question.facts.grant);
        const deny = asked.length === 1 ? [sampleFinding()] : [];
        return Promise.resolve([sampleOutcome({ deny })]);
      },
    };
    const runtime: AdmissionRuntime = {
      ...before,
      engine,
      matchPolicies: () => [sampleDescriptor()],
      breakGlass: () => Promise.resolve({ status: 'covered', covering, refused: [] }),
    };

    await createAdmit({ ...parts, runtime: () => runtime })('validate', body, monotonicMs(6000));

    assert.deepEqual(asked, [undefined, { id: 'G', namesResource: true }]);
    assert.deepEqual(
      parts.decisions.map(({ allowed, grant }) => [allowed, grant]),
      [[true, GRANT]],
    );
  });

  it('refuses when something breaks, and tells the cause only to the log', async () => {
    const fault = new Error('the secret of the house');
    const parts = dependencies(undefined, {
      matchPolicies: () => {
        throw fault;
      },
    });

    const answer = await createAdmit(parts)('validate', body, monotonicMs(6000));

    assert.deepEqual(parts.faults, [fault]);
    assert.equal(parts.decisions[0]?.code, 'internal_error');
    assert.equal(parts.decisions[0]?.allowed, false);
    assert.doesNotMatch(answer.body, /secret of the house/u);
  });
});
