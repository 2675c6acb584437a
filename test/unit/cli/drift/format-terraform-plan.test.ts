import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  formatTerraformPlan,
  formatTerraformPlanJson,
} from '../../../../src/cli/drift/format-terraform-plan.ts';
import type { TerraformPlan } from '../../../../src/drift/terraform/parse-terraform-plan.ts';

const plain = { isSensitive: false, isUnknown: false };
const place = { address: 'a.b', type: 'a', isTruncated: false };
const PLAN: TerraformPlan = {
  terraformVersion: '1.13.0',
  drift: [
    {
      ...place,
      action: 'update',
      attributes: [
        { path: 'size', before: '1', after: '2', ...plain },
        { path: 'tags.Na\u001Bme', before: '"a\u202Eb"', ...plain },
        { path: 'password', isSensitive: true, isUnknown: true },
      ],
    },
  ],
  changes: [
    {
      ...place,
      address: 'c.d\n',
      action: 'create',
      isTruncated: true,
      attributes: [
        { path: '', after: '{}', ...plain },
        { path: 'id', isSensitive: false, isUnknown: true },
      ],
    },
    { ...place, action: 'delete', attributes: [] },
  ],
};

describe('formatTerraformPlan()', () => {
  it('shows what differs of each resource, and counts', () => {
    assert.deepEqual(formatTerraformPlan(PLAN).split('\n'), [
      'Changed outside of Terraform:',
      '  update a.b',
      '    size: 1 → 2',
      '    tags.Na\u{FFFD}me: "a\u{FFFD}b" → none',
      '    password: (sensitive)',
      '',
      'The plan would change:',
      '  create c.d\u{FFFD}',
      '    (the whole): none → {}',
      '    id: none → (known after apply)',
      '    … and more',
      '  delete a.b',
      '',
      '1 resource changed outside of Terraform, 2 changes planned',
    ]);
  });

  it('is one line where nothing differs', () => {
    assert.equal(
      formatTerraformPlan({ terraformVersion: '', drift: [], changes: [] }),
      '0 resources changed outside of Terraform, 0 changes planned',
    );
  });
});

describe('formatTerraformPlanJson()', () => {
  it('has every fact', () => {
    assert.deepEqual(JSON.parse(formatTerraformPlanJson(PLAN)), PLAN);
  });
});
