import assert from 'node:assert/strict';
import { test } from 'node:test';
import { classifyRights } from '../../../../src/compose/doctor/classify-rights.ts';

const right = { verb: 'get', group: 'apps', resource: 'deployments', isAllowed: true } as const;

test('rights are complete where each is given', () => {
  const [finding] = classifyRights('holdfast', [right]);

  assert.deepEqual([finding?.code, finding?.status], ['rights_complete', 'ok']);
});

test('missing rights are named in one finding', () => {
  const findings = classifyRights('holdfast', [
    right,
    { ...right, verb: 'watch', isAllowed: false },
    { verb: 'list', group: '', resource: 'pods', namespace: 'shop', isAllowed: false },
  ]);

  assert.equal(findings.length, 1);
  assert.deepEqual([findings[0]?.code, findings[0]?.status], ['rights_missing', 'failed']);
  assert.match(
    findings[0]?.message ?? '',
    /^holdfast may not watch deployments\.apps, list pods in namespace shop:/u,
  );
});
