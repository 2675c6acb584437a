import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { ObservedWrite } from '../../../src/identity/observed-write.ts';
import { planOperators } from '../../../src/identity/plan-operators.ts';

const KEDA = 'system:serviceaccount:keda:keda-operator';
const MINE = 'system:serviceaccount:shop:mine';
const NOBODY = { writers: new Set<string>(), operators: new Set<string>() };

function write(
  username: string,
  path: readonly (string | number)[],
  changes: Partial<ObservedWrite> = {},
): ObservedWrite {
  const text = path
    .map((part) => (typeof part === 'number' ? `[${part}]` : `.${part}`))
    .join('')
    .slice(1);
  return {
    username,
    operation: 'UPDATE',
    group: 'apps',
    resource: 'deployments',
    fields: [{ path: text, segments: path }],
    isCut: false,
    protectedKeys: [],
    decisionId: '01A',
    ...changes,
  };
}

const finalizer = {
  group: 'keda.sh',
  resource: 'scaledobjects',
  fields: [
    {
      path: 'metadata.finalizers[finalizer.keda.sh]',
      segments: ['metadata', 'finalizers', 'finalizer.keda.sh'],
    },
  ],
  protectedKeys: ['metadata.finalizers[finalizer.keda.sh]'],
};
const scaled = { resource: 'deployments/scale' };
const seen = { count: 1, decisionId: '01A' };

describe('planOperators()', () => {
  it('proposes the preset that covers all that an account wrote', () => {
    const writes = [write(KEDA, ['spec', 'replicas'], scaled), write(KEDA, [], finalizer)];
    assert.deepEqual(planOperators(writes, NOBODY), {
      presets: [{ preset: 'keda', seen: { count: 2, decisionId: '01A' } }],
      operators: [],
      left: [],
    });
  });

  it('takes the namespace and the name of a Helm release over', () => {
    const username = 'system:serviceaccount:scaling:prod-keda-operator';
    assert.deepEqual(planOperators([write(username, [], finalizer)], NOBODY).presets, [
      {
        preset: 'keda',
        namespace: 'scaling',
        accounts: { operator: 'prod-keda-operator' },
        seen,
      },
    ]);
  });

  it('does not take a common name in another namespace for an operator', () => {
    const username = 'system:serviceaccount:shop:controller';
    const plan = planOperators([write(username, ['spec', 'a'])], NOBODY);
    assert.deepEqual(
      [plan.presets, plan.operators.map(({ nearPreset }) => nearPreset)],
      [[], [undefined]],
    );
  });

  it('writes the rules out where the preset does not cover everything', () => {
    const plan = planOperators([write(KEDA, ['spec', 'paused'])], NOBODY);
    assert.deepEqual(plan.operators, [
      {
        name: 'keda-operator',
        username: KEDA,
        rules: [
          {
            verbs: ['UPDATE'],
            groups: ['apps'],
            resources: ['deployments'],
            paths: ['spec.paused'],
          },
        ],
        isKnown: false,
        nearPreset: 'keda',
        isCut: false,
        seen,
      },
    ]);
  });

  it('joins what is alike, and leaves the place of an item without a name open', () => {
    const writes = [
      write(MINE, ['spec', 'http', 0, 'weight']),
      write(MINE, ['spec', 'http', 3, 'weight'], { resource: 'statefulsets' }),
      write(MINE, ['spec', 'http', 1, 'weight']),
    ];
    assert.deepEqual(planOperators(writes, NOBODY).operators[0]?.rules, [
      {
        verbs: ['UPDATE'],
        groups: ['apps'],
        resources: ['deployments', 'statefulsets'],
        paths: ['spec.http[*].weight'],
      },
    ]);
  });

  it('asks for no fields of what is created, and keeps creations apart from changes', () => {
    const writes = [
      write(MINE, [], { operation: 'CREATE', decisionId: '01B' }),
      write(MINE, [], { operation: 'CREATE' }),
      write(MINE, ['spec', 'a'], { isCut: true }),
    ];
    assert.deepEqual(planOperators(writes, NOBODY), {
      presets: [],
      operators: [
        {
          name: 'mine',
          username: MINE,
          rules: [
            { verbs: ['CREATE'], groups: ['apps'], resources: ['deployments'] },
            { verbs: ['UPDATE'], groups: ['apps'], resources: ['deployments'], paths: ['spec.a'] },
          ],
          isKnown: false,
          isCut: true,
          seen: { count: 3, decisionId: '01B' },
        },
      ],
      left: [],
    });
  });

  it('never proposes a person or a writer, and tells of them in order', () => {
    const writer = 'system:serviceaccount:argocd:argocd-application-controller';
    const writes = ['system:admin', writer, 'alice'].map((username) =>
      write(username, ['spec', 'a']),
    );
    const plan = planOperators(writes, { ...NOBODY, writers: new Set([writer]) });
    assert.deepEqual([plan.presets, plan.operators], [[], []]);
    assert.deepEqual(
      plan.left.map(({ username }) => username),
      ['alice', 'system:admin', writer],
    );
  });

  const unnamed: readonly (readonly [string, ObservedWrite])[] = [
    ['a deletion', write(MINE, [], { operation: 'DELETE', fields: [] })],
    ['an eviction', write(MINE, [], { operation: 'CREATE', resource: 'pods/eviction' })],
    ['a whole object', write(MINE, [])],
    [
      'a mark',
      write(MINE, ['metadata', 'annotations', 'argocd.argoproj.io/tracking-id'], {
        protectedKeys: ['metadata.annotations["argocd.argoproj.io/tracking-id"]'],
      }),
    ],
    ['owners', write(MINE, ['metadata'], { protectedKeys: ['metadata.ownerReferences[a]'] })],
    [
      'more than anybody reads',
      write(MINE, [], {
        fields: Array.from({ length: 33 }, (_, at) => ({
          path: `a.b${at}`,
          segments: ['a', `b${at}`],
        })),
      }),
    ],
  ];
  for (const [what, observed] of unnamed) {
    it(`proposes nothing for ${what}`, () => {
      const { operators, left } = planOperators([observed], NOBODY);
      assert.deepEqual([operators, left.length], [[], 1]);
    });
  }

  it('says that an account has an entry, and which preset it has no use for', () => {
    const known = { ...NOBODY, operators: new Set([KEDA]) };
    const [operator] = planOperators([write(KEDA, ['spec', 'replicas'], scaled)], known).operators;
    assert.deepEqual([operator?.isKnown, operator?.nearPreset], [true, 'keda']);
  });
});
