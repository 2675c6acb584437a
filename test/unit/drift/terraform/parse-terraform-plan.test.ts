import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseTerraformPlan } from '../../../../src/drift/terraform/parse-terraform-plan.ts';
import { sampleChange, samplePlan } from '../../../support/terraform-plans.ts';

const attribute = (path: string, before: string, after: string) => ({
  path,
  before,
  after,
  isSensitive: false,
  isUnknown: false,
});

function parse(overrides: object) {
  const parsed = parseTerraformPlan(samplePlan(overrides));
  assert.ok(parsed.ok);
  return parsed.plan;
}

describe('parseTerraformPlan()', () => {
  it('tells what others have changed apart from what it would change', () => {
    const plan = parse({
      resource_drift: [sampleChange({ before: { size: 1 }, after: { size: 2 } })],
      resource_changes: [sampleChange({ before: { size: 2 }, after: { size: 1 } })],
    });
    const place = { address: 'aws_s3_bucket.data', type: 'aws_s3_bucket', action: 'update' };
    assert.deepEqual(plan, {
      terraformVersion: '1.13.0',
      drift: [{ ...place, attributes: [attribute('size', '1', '2')], isTruncated: false }],
      changes: [{ ...place, attributes: [attribute('size', '2', '1')], isTruncated: false }],
    });
  });

  for (const [actions, expected] of [
    [['no-op'], undefined],
    [['read'], undefined],
    [[], undefined],
    [['create'], 'create'],
    [['update'], 'update'],
    [['delete'], 'delete'],
    [['forget'], 'forget'],
    [['delete', 'create'], 'replace'],
    [['create', 'delete'], 'replace'],
    [['create', 'forget'], 'replace'],
    [['something-new'], 'update'],
  ] as const) {
    it(`calls ${JSON.stringify(actions)} ${expected ?? 'no change'}`, () => {
      const { changes } = parse({ resource_changes: [sampleChange({ actions })] });
      assert.deepEqual(
        changes.map(({ action }) => action),
        expected === undefined ? [] : [expected],
      );
    });
  }

  it('leaves out data sources', () => {
    const read = { ...sampleChange({ actions: ['update'] }), mode: 'data' };
    assert.deepEqual(parse({ resource_changes: [read] }).changes, []);
  });

  it('tells outputs, and no value of those that are sensitive', () => {
    const change = { actions: ['update'], before: 'old word', after: 'new word' };
    const masks = { before_sensitive: true, after_sensitive: true, after_unknown: false };
    const { changes } = parse({
      output_changes: {
        url: change,
        note: { ...change, ...masks },
        same: { ...change, actions: ['no-op'] },
      },
    });
    assert.deepEqual(
      changes.map(({ address, type, attributes }) => [address, type, attributes]),
      [
        ['output.url', 'output', [attribute('', '"old word"', '"new word"')]],
        ['output.note', 'output', [{ path: '', isSensitive: true, isUnknown: false }]],
      ],
    );
  });

  it('takes a plan that says nothing more than that there is none', () => {
    assert.deepEqual(
      parseTerraformPlan({ format_version: '1.0', resource_changes: null, resource_drift: null }),
      { ok: true, plan: { terraformVersion: '', drift: [], changes: [] } },
    );
    assert.deepEqual(parse({ resource_changes: undefined, output_changes: {} }).changes, []);
  });

  for (const [what, document, reason] of [
    ['no object', [], 'it is malformed'],
    ['no version', { resource_changes: [] }, 'it is malformed at "format_version"'],
    [
      'a resource of another form',
      samplePlan({ resource_changes: [{ address: 7 }] }),
      'it is malformed at "resource_changes.0.address"',
    ],
    [
      'another major version',
      samplePlan({ format_version: '2.0' }),
      'its format_version is not 1, which is the only one that is known',
    ],
    ['a state', { format_version: '1.0', values: {} }, 'it is no plan: it has no resource_changes'],
    [
      'a plan with an error',
      samplePlan({ errored: true }),
      'terraform could not finish it ("errored"): what differs is not known',
    ],
  ] as const) {
    it(`refuses ${what}`, () => {
      assert.deepEqual(parseTerraformPlan(document), { ok: false, reason });
    });
  }
});
