import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  planConstraintStatus,
  planTemplateStatus,
  type Outcome,
} from '../../../../../src/authoring/gatekeeper/cluster/plan-status.ts';
import {
  sampleConstraint,
  sampleTemplate,
} from '../../../../support/gatekeeper/cluster-samples.ts';

const JUDGED: Outcome = { errors: [], isLastGood: false, isPublished: true };
const BROKEN: Outcome = { errors: ['it is wrong'], isLastGood: false, isPublished: false };
const KEPT: Outcome = { errors: ['it is wrong'], isLastGood: true, isPublished: true };

const template = sampleTemplate({ generation: 3, uid: 'u-1' });
const constraint = sampleConstraint({ generation: 4, uid: 'u-2' });
const enforced = {
  byPod: [
    {
      id: 'holdfast',
      observedGeneration: 4,
      operations: ['webhook'],
      constraintUID: 'u-2',
      enforced: true,
      enforcementPointsStatus: [
        {
          enforcementPoint: 'validation.gatekeeper.sh',
          state: 'active',
          observedGeneration: 4,
        },
      ],
    },
  ],
};

describe('the status of a template', () => {
  it('says that it was created, for which generation', () => {
    assert.deepEqual(planTemplateStatus(template, JUDGED), {
      created: true,
      byPod: [
        {
          id: 'holdfast',
          observedGeneration: 3,
          operations: ['webhook'],
          templateUID: 'u-1',
        },
      ],
    });
  });

  it('says what is wrong, and whether its last good form stays', () => {
    const [broken, kept] = [BROKEN, KEPT].map((outcome) => planTemplateStatus(template, outcome));

    assert.deepEqual(broken, {
      created: false,
      byPod: [
        {
          id: 'holdfast',
          observedGeneration: 3,
          operations: ['webhook'],
          errors: [{ code: 'policy_source_invalid', message: 'it is wrong' }],
          templateUID: 'u-1',
        },
      ],
    });
    assert.match(JSON.stringify(kept), /it is wrong; its last good form stays in force/u);
    assert.match(JSON.stringify(kept), /"created":true/u);
  });

  it('is short, however much is wrong', () => {
    const errors = Array.from({ length: 20 }, () => 'x'.repeat(2000));

    const text = JSON.stringify(planTemplateStatus(template, { ...BROKEN, errors }));

    assert.equal(text.match(/policy_source_invalid/gu)?.length, 10);
    assert.equal(text.match(/x{1000}/gu)?.length, 10);
  });
});

describe('the status of a constraint', () => {
  it('says that it is enforced, and where', () => {
    assert.deepEqual(planConstraintStatus(constraint, JUDGED), enforced);
  });

  it('says that a form which is not in force is not enforced', () => {
    for (const outcome of [BROKEN, KEPT, { ...JUDGED, isPublished: false }]) {
      const text = JSON.stringify(planConstraintStatus(constraint, outcome));

      assert.match(text, /"enforced":false/u);
      assert.doesNotMatch(text, /enforcementPointsStatus/u);
    }
  });
});

describe('a status', () => {
  it('is not written again', () => {
    const status = { ...enforced, totalViolations: 0 };

    assert.equal(planConstraintStatus({ ...constraint, status }, JUDGED), undefined);
    assert.notEqual(planConstraintStatus({ ...constraint, status }, BROKEN), undefined);
  });

  it('is left to Gatekeeper where it writes one', () => {
    for (const byPod of [[{ id: 'gatekeeper-audit-1' }], [{}]]) {
      assert.equal(planTemplateStatus({ ...template, status: { byPod } }, JUDGED), undefined);
    }
  });

  it('is written over one that cannot be understood', () => {
    assert.notEqual(planTemplateStatus({ ...template, status: 1 }, JUDGED), undefined);
  });

  it('is of an object without an identity, too', () => {
    assert.deepEqual(planTemplateStatus({}, JUDGED), {
      created: true,
      byPod: [{ id: 'holdfast', observedGeneration: 0, operations: ['webhook'] }],
    });
    assert.match(JSON.stringify(planConstraintStatus({}, BROKEN)), /"observedGeneration":0/u);
  });
});
