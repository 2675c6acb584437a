import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { operatorRuleSchema } from '../../../../src/identity/operator-rule.ts';
import type { OperatorPreset } from '../../../../src/identity/presets/operator-preset.ts';
import {
  OPERATOR_PRESETS,
  OPERATOR_PRESET_NAMES,
  isPresetName,
} from '../../../../src/identity/presets/operator-presets.ts';

const accounts = OPERATOR_PRESET_NAMES.flatMap((name) => {
  const preset: OperatorPreset = OPERATOR_PRESETS[name];
  return Object.entries(preset.accounts).map(([part, account]) => ({ name, part, ...account }));
});

describe('presets of operators', () => {
  for (const { name, part, rules } of accounts) {
    it(`${name} ${part} has rules as the configuration takes them`, () => {
      for (const { why, readIn, ...rule } of rules) {
        assert.deepEqual(operatorRuleSchema.parse(rule), rule);
        assert.ok(why.endsWith('.'), why);
        assert.notEqual(readIn, '');
      }
    });

    it(`${name} ${part} updates named fields alone, and deletes nothing`, () => {
      for (const { verbs, paths } of rules) {
        assert.ok(!verbs.includes('DELETE'));
        if (verbs.includes('UPDATE')) assert.ok(paths !== undefined && paths.length > 0);
      }
    });

    it(`${name} ${part} opens every group only for names of its own, or within bounds`, () => {
      for (const { groups, resources, autoscaled, undeclared, paths = [] } of rules) {
        if (!groups.includes('*') && !resources.includes('*')) continue;
        const isOwn = paths.every((path) =>
          /^metadata\..*x-k8s\.io|^metadata\.ownerReferences$/u.test(path),
        );
        assert.ok(autoscaled === true || undeclared === true || isOwn, JSON.stringify(paths));
      }
    });
  }

  it('names no prototype member a preset', () => {
    assert.ok(!isPresetName('constructor'));
    assert.ok(isPresetName('keda'));
  });
});
