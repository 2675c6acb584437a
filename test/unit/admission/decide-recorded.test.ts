import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decide, type AdmissionRoute } from '../../../src/admission/decide.ts';
import { decideRecorded, type RecordingRules } from '../../../src/admission/decide-recorded.ts';
import type { Decision } from '../../../src/admission/decision.ts';
import type { Operation } from '../../../src/kubernetes/admission-request.ts';
import {
  sampleContext,
  sampleFinding,
  sampleObject,
  sampleOutcome,
  sampleRequest,
} from '../../support/admission-samples.ts';

const DEFAULTS: RecordingRules = { managedWrites: true, routineAllows: 'none' };
const LEAST: RecordingRules = { managedWrites: false, routineAllows: 'none' };
const WRITES: RecordingRules = { managedWrites: false, routineAllows: 'writes' };
const ALL: RecordingRules = { managedWrites: false, routineAllows: 'all' };

const finding = [sampleFinding()];
const judged = { mode: 'enforce', failure: 'deny' } as const;
const refused = decide([{ ...judged, outcome: sampleOutcome({ deny: finding }) }], sampleContext());
const warned = decide([{ ...judged, outcome: sampleOutcome({ warn: finding }) }], sampleContext());
const passed = decide([{ ...judged, outcome: sampleOutcome() }], sampleContext());
const routine = decide([], sampleContext());
const dryRun = decide([], sampleContext({ dryRun: true }));
const managed = decide([], sampleContext({ facts: { object: sampleObject() } }));
const unmarked = decide([], sampleContext({ facts: { object: sampleObject({ managed: false }) } }));
const granted: Decision = {
  ...routine,
  grant: {
    id: 'g-1',
    subject: 'alice',
    reason: 'outage',
    ticket: 'T-1',
    expires: '2026-01-01T00:00:00Z',
    approvers: ['bob'],
    use: 1,
    usesLeft: 0,
  },
};
const patched: Decision = { ...passed, patch: [{ op: 'add', path: '/a', value: 1 }] };

const table: readonly [string, Decision, RecordingRules, boolean, AdmissionRoute?, Operation?][] = [
  ['a refusal', refused, LEAST, true],
  ['a warning', warned, LEAST, true],
  ['a patch', patched, LEAST, true, 'mutate'],
  ['what came under a grant', granted, LEAST, true],
  ['a write to a managed object', managed, DEFAULTS, true],
  ['a write that takes the mark away', unmarked, DEFAULTS, true],
  ['a write to a managed object on its way to /validate', managed, DEFAULTS, false, 'mutate'],
  ['a write to a managed object where that is not wanted', managed, LEAST, false],
  ['a routine allow', routine, DEFAULTS, false],
  ['an allow that policies passed', passed, DEFAULTS, false],
  ['a routine write where writes are wanted', routine, WRITES, true],
  ['a routine CONNECT where writes are wanted', routine, WRITES, false, 'validate', 'CONNECT'],
  ['a routine dry-run where writes are wanted', dryRun, WRITES, false],
  ['a routine write on its way to /validate', routine, WRITES, false, 'mutate'],
  ['a routine CONNECT where all is wanted', routine, ALL, true, 'validate', 'CONNECT'],
  ['a routine write on /mutate where all is wanted', routine, ALL, true, 'mutate'],
];
for (const [name, decision, rules, expected, route = 'validate', operation = 'UPDATE'] of table) {
  test(`${name} is ${expected ? '' : 'not '}recorded`, () => {
    assert.equal(
      decideRecorded(sampleRequest({ operation }), decision, { route, rules }),
      expected,
    );
  });
}

for (const [name, oldObject, expected] of [
  ['asks Argo CD for an operation', {}, true],
  ['leaves the operation that runs', { operation: { sync: {} } }, false],
] as const) {
  test(`what ${name} is ${expected ? '' : 'not '}recorded, managed or not`, () => {
    const request = sampleRequest({
      operation: 'UPDATE',
      resource: { group: 'argoproj.io', version: 'v1alpha1', resource: 'applications' },
      object: { operation: { sync: {} } },
      oldObject,
    });

    assert.equal(
      decideRecorded(request, routine, { route: 'validate', rules: DEFAULTS }),
      expected,
    );
    assert.equal(decideRecorded(request, routine, { route: 'validate', rules: LEAST }), false);
    assert.equal(decideRecorded(request, routine, { route: 'mutate', rules: DEFAULTS }), false);
  });
}
