import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { decide } from '../../../src/admission/decide.ts';
import { formatRecord } from '../../../src/admission/format-record.ts';
import {
  SAMPLE_ID,
  sampleActor,
  sampleContext,
  sampleFinding,
  sampleObject,
  sampleOutcome,
  sampleRequest,
  sampleUnavailable,
} from '../../support/admission-samples.ts';

const allowed = decide([], sampleContext());
const denied = decide(
  [{ outcome: sampleOutcome({ deny: [sampleFinding()] }), mode: 'enforce', failure: 'deny' }],
  sampleContext({
    facts: { actor: sampleActor(), object: sampleObject({ tool: 'argocd', app: 'checkout' }) },
  }),
);

const ORIGIN = { route: 'validate', replica: 'holdfast-0', configurationHash: 'c0ffee' } as const;

describe('formatRecord()', () => {
  it('says who, what, why and how it was answered', () => {
    const request = sampleRequest({
      userInfo: { username: 'alice', uid: 'u-1', groups: ['ops'], extra: { scopes: ['a'] } },
      subResource: 'scale',
    });

    assert.deepEqual(formatRecord(request, denied, ORIGIN), {
      schemaVersion: 1,
      decisionId: SAMPLE_ID,
      time: '1970-01-01T00:00:01.002Z',
      cluster: 'prod-eu-1',
      replica: 'holdfast-0',
      route: 'validate',
      requestUid: 'b0c1b8e2-0000-4000-8000-000000000001',
      operation: 'CREATE',
      dryRun: false,
      user: { username: 'alice', uid: 'u-1', groups: ['ops'], extra: { scopes: ['a'] } },
      actor: {
        class: 'other',
        proof: { grade: 'none', sufficient: true, reason: 'no proof is asked of other users' },
      },
      object: {
        group: '',
        version: 'v1',
        resource: 'configmaps',
        subresource: 'scale',
        kind: 'ConfigMap',
        namespace: 'shop',
        name: 'settings',
        uid: undefined,
      },
      managedBy: { tool: 'argocd', app: 'checkout' },
      allowed: false,
      code: 'managed_object_changed',
      message: denied.message,
      wouldDeny: undefined,
      policies: [
        { policy: 'sample', mode: 'enforce', status: 'denied', codes: ['managed_object_changed'] },
      ],
      policyRevision: 'sha256:abc',
      configurationHash: 'c0ffee',
      grant: undefined,
      durationMs: 2,
      timings: undefined,
      mode: 'enforce',
    });
  });

  it('names the code of a policy that was unavailable', () => {
    const unavailable = decide(
      [{ outcome: sampleUnavailable(), mode: 'enforce', failure: 'deny' }],
      sampleContext(),
    );

    const record = formatRecord(sampleRequest(), unavailable, ORIGIN);

    assert.deepEqual(record.policies[0]?.codes, ['policy_deadline_exceeded']);
  });

  it('has the denial that the mode enforce would have given, and says of each objection whether it is part of it', () => {
    const unenforced = decide(
      [
        { outcome: sampleOutcome({ deny: [sampleFinding()] }), mode: 'warn', failure: 'deny' },
        {
          outcome: { ...sampleOutcome({ warn: [sampleFinding()] }), policy: 'advice' },
          mode: 'warn',
          failure: 'deny',
        },
        {
          outcome: { ...sampleOutcome({ deny: [sampleFinding()] }), policy: 'silent' },
          mode: 'audit',
          failure: 'deny',
        },
        { outcome: { ...sampleOutcome(), policy: 'content' }, mode: 'audit', failure: 'deny' },
        {
          outcome: { ...sampleOutcome({ warn: [sampleFinding()] }), policy: 'enforced' },
          mode: 'enforce',
          failure: 'deny',
        },
      ],
      sampleContext(),
    );
    const codes = ['managed_object_changed'];

    const {
      allowed: passed,
      code,
      message,
      wouldDeny,
      policies,
    } = formatRecord(sampleRequest(), unenforced, ORIGIN);

    assert.deepEqual({ passed, code, message }, { passed: true, code: 'allowed', message: '' });
    assert.deepEqual(wouldDeny, {
      code: 'managed_object_changed',
      message: denied.message.replace('by sample', 'by sample, managed_object_changed by silent'),
    });
    assert.deepEqual(policies, [
      { policy: 'sample', mode: 'warn', status: 'warned', codes, wouldDeny: true },
      { policy: 'advice', mode: 'warn', status: 'warned', codes, wouldDeny: false },
      { policy: 'silent', mode: 'audit', status: 'audited', codes, wouldDeny: true },
      { policy: 'content', mode: 'audit', status: 'passed', codes: [] },
      { policy: 'enforced', mode: 'enforce', status: 'warned', codes },
    ]);
  });

  it('says in which mode the policy was heard that decided', () => {
    const judge = (...judged: Parameters<typeof decide>[0]) =>
      formatRecord(sampleRequest(), decide(judged, sampleContext()), ORIGIN).mode;
    const objecting = { outcome: sampleOutcome({ deny: [sampleFinding()] }), failure: 'deny' };
    const enforce = { ...objecting, mode: 'enforce', failure: 'deny' } as const;
    const warn = { ...objecting, mode: 'warn', failure: 'deny' } as const;
    const audit = { ...objecting, mode: 'audit', failure: 'deny' } as const;
    const unavailable = { ...enforce, outcome: sampleUnavailable() };
    const passing = { ...enforce, outcome: sampleOutcome() };

    assert.deepEqual(
      [judge(audit, enforce), judge(audit, warn, passing), judge(audit), judge(unavailable)],
      ['enforce', 'warn', 'audit', 'enforce'],
    );
    assert.equal(judge(passing), undefined);
  });

  it('fills what a request may leave out with empty values', () => {
    const record = formatRecord(
      sampleRequest({ namespace: undefined, userInfo: { username: 'alice' } }),
      decide(
        [],
        sampleContext({ facts: { object: sampleObject({ tool: 'scope', app: undefined }) } }),
      ),
      { ...ORIGIN, route: 'mutate' },
    );

    assert.equal(record.object.namespace, '');
    assert.deepEqual(record.user, { username: 'alice', uid: undefined, groups: [], extra: {} });
    assert.deepEqual(record.managedBy, { tool: 'scope', app: '' });
    assert.equal(record.actor, undefined);
  });

  it('names the object by its uid where it is stored already', () => {
    const uidOf = (overrides: Parameters<typeof sampleRequest>[0]): unknown =>
      formatRecord(sampleRequest(overrides), allowed, ORIGIN).object.uid;

    assert.equal(uidOf({ oldObject: { metadata: { uid: 'u-1' } } }), 'u-1');
    assert.equal(uidOf({ object: { metadata: { uid: 'u-2' } } }), 'u-2');
    assert.equal(uidOf({ object: { metadata: {} } }), undefined);
  });

  it('does not know a manager where none was found', () => {
    assert.equal(formatRecord(sampleRequest(), allowed, ORIGIN).managedBy, undefined);
  });

  const names = [
    ['the name of the request', { name: 'a' }, 'a'],
    [
      'the name of the deleted item of a collection',
      { name: '', oldObject: { metadata: { name: 'b' } } },
      'b',
    ],
    ['the name of the new object', { name: undefined, object: { metadata: { name: 'c' } } }, 'c'],
    [
      'the prefix of a generated name',
      { name: '', object: { metadata: { generateName: 'd-' } } },
      'd-*',
    ],
    ['nothing where there is no name', { name: undefined, object: null }, ''],
  ] as const;
  for (const [what, overrides, expected] of names) {
    it(`records ${what}`, () => {
      const record = formatRecord(sampleRequest(overrides), allowed, ORIGIN);

      assert.equal(record.object.name, expected);
    });
  }
  it('says who asked Argo CD for an operation, and only where this request asks', () => {
    const operation = { sync: {}, initiatedBy: { username: 'alice' } };
    const asked = {
      operation: 'UPDATE',
      resource: { group: 'argoproj.io', version: 'v1alpha1', resource: 'applications' },
      object: { operation },
    } as const;
    const initiatedBy = (request: object) =>
      formatRecord(sampleRequest(request), allowed, ORIGIN).initiatedBy;

    assert.deepEqual(initiatedBy({ ...asked, oldObject: {} }), {
      username: 'alice',
      automated: false,
    });
    assert.equal(initiatedBy({ ...asked, oldObject: { operation } }), undefined);
    assert.equal(
      initiatedBy({ ...asked, resource: { ...asked.resource, resource: 'appprojects' } }),
      undefined,
    );
  });
});
