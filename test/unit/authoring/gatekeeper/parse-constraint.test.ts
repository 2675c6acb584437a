import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  constraintKind,
  parseConstraint,
  type ConstraintResult,
} from '../../../../src/authoring/gatekeeper/parse-constraint.ts';
import type { Template } from '../../../../src/authoring/gatekeeper/parse-template.ts';

const template: Template = {
  name: 'musthave',
  kind: 'MustHave',
  title: 'MustHave',
  description: '',
  parameters: { type: 'object', properties: { n: { type: 'integer', default: 3 } } },
  code: { regoVersion: 0, rego: '', libraries: [] },
  operations: undefined,
  syncData: [],
};

function parse(spec: unknown, head: object = {}): ConstraintResult {
  const document = {
    apiVersion: 'constraints.gatekeeper.sh/v1beta1',
    kind: 'MustHave',
    metadata: { name: 'it' },
    spec,
    ...head,
  };
  return parseConstraint(document, template);
}

function constraintOf(result: ConstraintResult) {
  assert.ok(result.ok, JSON.stringify(result));
  return result.constraint;
}

describe('parseConstraint()', () => {
  it('fills in the defaults of what is there', () => {
    const { name, match, parameters } = constraintOf(
      parse({ parameters: {}, match: { kinds: [{ kinds: ['Pod'], apiGroups: [''] }] } }),
    );

    assert.deepEqual(
      { name, match, parameters },
      {
        name: 'it',
        match: { kinds: [{ kinds: ['Pod'], apiGroups: [''] }] },
        parameters: { n: 3 },
      },
    );
    assert.deepEqual(constraintOf(parse({ match: {} })).parameters, {});
  });

  const actions: readonly (readonly [object, unknown, unknown])[] = [
    [{}, 'deny', 'deny'],
    [{ enforcementAction: 'warn' }, 'warn', 'warn'],
    [{ enforcementAction: 'other' }, { unknown: 'other' }, { unknown: 'other' }],
    [scoped([['deny', 'gator.gatekeeper.sh']]), 'none', 'deny'],
    [scoped([['warn', '*']]), 'warn', 'warn'],
    [
      scoped([
        ['dryrun', 'validation.gatekeeper.sh'],
        ['deny', '*'],
      ]),
      'deny',
      'deny',
    ],
    [scoped([['odd', 'validation.gatekeeper.sh']]), { unknown: 'odd' }, 'none'],
  ];
  for (const [spec, webhook, gator] of actions) {
    it(`acts by ${JSON.stringify(spec)}`, () => {
      const { actionAt } = constraintOf(parse(spec));

      assert.deepEqual(actionAt('validation.gatekeeper.sh'), webhook);
      assert.deepEqual(actionAt('gator.gatekeeper.sh'), gator);
    });
  }

  const faults: Readonly<Record<string, readonly ['schema' | 'other', ConstraintResult, RegExp]>> =
    {
      'no object': ['other', parseConstraint('text', template), /needs apiVersion/u],
      'a bad name': ['other', parse({}, { metadata: { name: 'A' } }), /is no name of an object/u],
      'another kind': ['other', parse({}, { kind: 'Other' }), /kind: is "Other"/u],
      'another version': [
        'other',
        parse({}, { apiVersion: 'constraints.gatekeeper.sh/v1' }),
        /has no "v1"/u,
      ],
      'a wrong parameter': ['schema', parse({ parameters: { n: 'x' } }), /parameters\.n: must be/u],
      'a long name': [
        'schema',
        parse({}, { metadata: { name: 'a'.repeat(64) } }),
        /63 characters/u,
      ],
      'an unknown parameter': [
        'other',
        parse({ parameters: { m: 1 } }),
        /MustHave\.spec\.parameters\.m/u,
      ],
      'a selector that is none': [
        'other',
        parse({ match: { labelSelector: { matchLabels: { a: 1 } } } }),
        /^spec\.match\.labelSelector\.matchLabels\.a: /u,
      ],
      'values where none belong': [
        'other',
        parse({
          match: {
            namespaceSelector: {
              matchExpressions: [{ key: 'a', operator: 'Exists', values: ['b'] }],
            },
          },
        }),
        /"Exists" of "a" has no values/u,
      ],
      'no values where some belong': [
        'other',
        parse({ match: { labelSelector: { matchExpressions: [{ key: 'a', operator: 'In' }] } } }),
        /"In" of "a" needs values/u,
      ],
      'a key that is none': [
        'other',
        parse({ match: { labelSelector: { matchLabels: { 'a b': 'c d' } } } }),
        /"a b" is no key of a label\n.*"c d" is no value/u,
      ],
      'scoped without actions': ['other', parse({ enforcementAction: 'scoped' }), /is required/u],
    };
  for (const [what, [fault, result, expected]] of Object.entries(faults)) {
    it(`finds ${what}`, () => {
      assert.ok(!result.ok);
      assert.equal(result.fault, fault);
      assert.match(result.problems.join('\n'), expected);
    });
  }

  it('finds a match that the schema allows and nothing understands', () => {
    const result = parse({ match: 'all' });

    assert.ok(!result.ok);
    assert.equal(result.fault, 'schema');
  });
});

it('constraintKind() goes by the group', () => {
  assert.equal(constraintKind({ apiVersion: 'constraints.gatekeeper.sh/v1', kind: 'A' }), 'A');
  assert.equal(constraintKind({ apiVersion: 'v1', kind: 'A' }), undefined);
  assert.equal(constraintKind(1), undefined);
});

function scoped(actions: readonly (readonly [action: string, point: string])[]): object {
  return {
    enforcementAction: 'scoped',
    scopedEnforcementActions: actions.map(([action, name]) => ({
      action,
      enforcementPoints: [{ name }],
    })),
  };
}
