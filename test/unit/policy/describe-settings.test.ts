import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { describeSettings } from '../../../src/policy/describe-settings.ts';
import { policiesSchema } from '../../../src/policy/settings.ts';

const declared = { mode: 'enforce', failure: 'deny', parameters: { limit: 9, tags: [] } } as const;
const NAMES = ['second', 'first', 'k8srequiredlabels/must-have-owner'];
const byStage = { namespaceSelector: { matchLabels: { stage: 'dev' } } };

function describeAt(policies: object, place: Parameters<typeof describeSettings>[1]) {
  const descriptors = NAMES.map((name) => ({ ...declared, name }));
  return describeSettings(descriptors, place, policiesSchema.parse(policies));
}

describe('describeSettings()', () => {
  it('names the setting of each mode, in the order of the policies', () => {
    const described = describeAt(
      {
        mode: 'audit',
        namespaces: { 'shop-*': 'warn' },
        settings: {
          second: { mode: 'off', failure: 'warn' },
          'k8srequiredlabels/must-have-owner': { namespaces: { 'shop-*': 'enforce' } },
        },
      },
      { namespace: 'shop-a' },
    );

    assert.deepEqual(
      described.map(({ policy, mode, failure, setBy }) => [policy, mode, failure, setBy]),
      [
        ['first', 'warn', 'deny', 'policies.namespaces."shop-*"'],
        [
          'k8srequiredlabels/must-have-owner',
          'enforce',
          'deny',
          'policies.settings."k8srequiredlabels/must-have-owner".namespaces."shop-*"',
        ],
        ['second', 'off', 'warn', 'policies.settings.second.mode'],
      ],
    );
  });

  it('says METADATA where nothing else does', () => {
    assert.deepEqual(describeAt({}, { namespace: undefined })[0], {
      policy: 'first',
      mode: 'enforce',
      failure: 'deny',
      setBy: 'METADATA',
      byLabels: [],
      parameters: { limit: 9, tags: [] },
    });
  });

  it('lays the parameters of the place over the others', () => {
    const settings = {
      first: { parameters: { limit: 8 }, overrides: [{ ...byStage, parameters: { limit: 1 } }] },
    };
    const parametersAt = (labels: readonly Record<string, string>[] | undefined) =>
      describeAt({ settings }, { namespace: 'shop', labels })[0]?.parameters;

    assert.deepEqual(parametersAt([{ stage: 'dev' }]), { limit: 1, tags: [] });
    assert.deepEqual(parametersAt([{}]), { limit: 8, tags: [] });
    assert.equal(parametersAt(undefined), undefined);
  });

  it('names the modes that labels could give, and the strictest of them', () => {
    const [first] = describeAt(
      { mode: 'warn', overrides: [{ ...byStage, mode: 'enforce' }] },
      { namespace: 'shop' },
    );

    assert.deepEqual(
      [first?.mode, first?.setBy, first?.byLabels],
      ['enforce', 'policies.overrides[0]', ['enforce', 'warn']],
    );
  });
});
