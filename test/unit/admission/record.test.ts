import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { monotonicMs } from '../../../src/base/clock.ts';
import { formatGrantUse } from '../../../src/admission/apply-grant.ts';
import { decide } from '../../../src/admission/decide.ts';
import { record } from '../../../src/admission/record.ts';
import type { AdmissionRuntime } from '../../../src/admission/runtime.ts';
import type { AuditRecord } from '../../../src/audit/audit-record.ts';
import {
  sampleContext,
  sampleFinding,
  sampleObject,
  sampleOutcome,
  sampleRequest,
  sampleSettings,
} from '../../support/admission-samples.ts';

const managed = decide([], sampleContext({ facts: { object: sampleObject() } }));
const routine = decide([], sampleContext());
const denied = decide(
  [{ outcome: sampleOutcome({ deny: [sampleFinding()] }), mode: 'enforce', failure: 'deny' }],
  sampleContext(),
);

function runtime(recordFailure: 'deny' | 'allow', alertsOfGrants = false): AdmissionRuntime {
  return {
    alertsOfGrants,
    decodeLimits: { jsonDepthMax: 100 },
    recordFailure,
    recorded: { managedWrites: true, routineAllows: 'none' },
    engine: { revision: 'r', descriptors: [], evaluate: () => Promise.resolve([]) },
    sources: {
      classifyActor: unused,
      proveActor: unused,
      describeObject: unused,
      describeImages: unused,
      describePlaintext: unused,
      describeDeletions: unused,
      describeRollback: unused,
      describeFreezes: unused,
      diffChange: unused,
      readNamespace: unused,
      readInventory: unused,
      findSource: unused,
    },
    cluster: { name: 'prod-eu-1', frozen: false },
    configurationHash: 'c0ffee',
    messageCharsMax: 100,
    matchPolicies: () => [],
    settings: sampleSettings(),
  };
}

function unused(): never {
  throw new Error('Recording asks for no fact');
}

const used = {
  id: 'G',
  subject: 'alice',
  reason: 'the checkout is down',
  ticket: '',
  expires: '2026-01-01T01:00:00Z',
  approvers: ['anna'],
  use: 2,
  usesLeft: 1,
};
const granted = { ...managed, grant: used, warnings: [formatGrantUse(used), 'another'] };

const failing = { record: () => Promise.reject(new Error('disk full')) };

describe('record()', () => {
  it('records what the policies were given where that is asked for, and says where it was too large', async () => {
    const kept: AuditRecord[] = [];
    const recorder = {
      record: (entry: AuditRecord) => {
        kept.push(entry);
        return {};
      },
    };
    const asked: number[] = [];
    const input = { request: { uid: 'a' }, facts: {} };
    for (const given of [input, 'too-large'] as const) {
      await record(sampleRequest(), managed, {
        route: 'validate',
        replica: 'holdfast-0',
        deadlineAtMs: monotonicMs(5000),
        requestBytes: 100,
        recorder,
        runtime: {
          ...runtime('deny'),
          recordInput: (_request, _facts, requestBytes) => {
            asked.push(requestBytes);
            return given;
          },
        },
      });
    }

    assert.deepEqual(asked, [100, 100]);
    assert.deepEqual(
      kept.map((entry) => [entry.input, entry.cut]),
      [
        [input, undefined],
        [undefined, ['input']],
      ],
    );
  });

  it('waits for the record before the decision is answered', async () => {
    const kept: AuditRecord[] = [];
    const recorder = {
      record: async (entry: AuditRecord) => {
        await Promise.resolve();
        kept.push(entry);
        return {};
      },
    };

    const decision = await record(sampleRequest(), managed, {
      route: 'validate',
      replica: 'holdfast-0',
      deadlineAtMs: monotonicMs(5000),
      requestBytes: 100,
      recorder,
      runtime: runtime('deny'),
    });

    assert.equal(decision, managed);
    assert.deepEqual(
      kept.map(({ decisionId }) => decisionId),
      [managed.id],
    );
  });

  it('says where the record stands, and by when it had to be kept', async () => {
    const asked: number[] = [];
    const place = { sequence: 7, hash: 'a'.repeat(64) };
    const recorder = {
      record: (_entry: AuditRecord, deadlineAtMs: number) => {
        asked.push(deadlineAtMs);
        return { place };
      },
    };

    const decision = await record(sampleRequest(), denied, {
      route: 'validate',
      replica: 'holdfast-0',
      deadlineAtMs: monotonicMs(5000),
      requestBytes: 100,
      recorder,
      runtime: runtime('deny'),
    });

    assert.deepEqual(decision, { ...denied, place });
    assert.deepEqual(asked, [5000]);
  });

  it('names the decision under which a repeated refusal was counted', async () => {
    const place = { sequence: 7, hash: 'a'.repeat(64) };
    const foldedInto = '01JD3V9K2M8Q4W6X0Y2Z000001';
    const warned = { ...denied, warnings: [`Careful (decision ${denied.id})`] };

    const decision = await record(sampleRequest(), warned, {
      route: 'validate',
      replica: 'holdfast-0',
      deadlineAtMs: monotonicMs(5000),
      requestBytes: 100,
      recorder: { record: () => ({ place, foldedInto }) },
      runtime: runtime('deny'),
    });

    assert.ok(denied.message.includes(denied.id));
    assert.deepEqual(decision, {
      ...denied,
      id: foldedInto,
      message: denied.message.replace(denied.id, foldedInto),
      warnings: [`Careful (decision ${foldedInto})`],
      place,
    });
  });

  it('keeps no record of a routine allow', async () => {
    const decision = await record(sampleRequest(), routine, {
      route: 'validate',
      replica: 'holdfast-0',
      deadlineAtMs: monotonicMs(5000),
      requestBytes: 100,
      recorder: failing,
      runtime: runtime('deny'),
    });

    assert.equal(decision, routine);
  });

  it('refuses an allow that could not be recorded', async () => {
    const decision = await record(sampleRequest(), managed, {
      route: 'validate',
      replica: 'holdfast-0',
      deadlineAtMs: monotonicMs(5000),
      requestBytes: 100,
      recorder: failing,
      runtime: runtime('deny'),
    });

    assert.equal(decision.allowed, false);
    assert.equal(decision.code, 'record_failed');
    assert.equal(decision.httpStatus, 503);
    assert.equal(decision.id, managed.id);
    assert.equal(decision.durationMs, managed.durationMs);
  });

  it('lets an allow stand without its record where the configuration says so', async () => {
    const decision = await record(sampleRequest(), managed, {
      route: 'validate',
      replica: 'holdfast-0',
      deadlineAtMs: monotonicMs(5000),
      requestBytes: 100,
      recorder: failing,
      runtime: runtime('allow'),
    });

    assert.equal(decision, managed);
  });

  it('lets a refusal stand whose record failed', async () => {
    const decision = await record(sampleRequest(), denied, {
      route: 'validate',
      replica: 'holdfast-0',
      deadlineAtMs: monotonicMs(5000),
      requestBytes: 100,
      recorder: failing,
      runtime: runtime('deny'),
    });

    assert.equal(decision, denied);
  });

  const fates: readonly (readonly [string, boolean, boolean, string])[] = [
    ['recorded', true, false, ', recorded'],
    ['recorded, and that somebody is notified', true, true, ', recorded and alerted'],
    ['neither where the record failed', false, true, ''],
  ];
  for (const [what, isKept, isAlerted, told] of fates) {
    it(`tells the user of a grant that the use is ${what}`, async () => {
      const { warnings } = await record(sampleRequest(), granted, {
        route: 'validate',
        replica: 'holdfast-0',
        deadlineAtMs: monotonicMs(5000),
        requestBytes: 100,
        recorder: isKept ? { record: () => ({}) } : failing,
        runtime: runtime('allow', isAlerted),
      });

      assert.deepEqual(warnings, [`${formatGrantUse(used)}${told}`, 'another']);
    });
  }
});
