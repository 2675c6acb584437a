import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { expandPreset, listOperators } from '../../../../src/identity/presets/list-operators.ts';

describe('expandPreset()', () => {
  it('makes one operator of a preset with one account', () => {
    const [operator, ...others] = expandPreset({ preset: 'keda', accounts: {} });
    assert.deepEqual(
      [operator?.name, operator?.username, others],
      ['keda', 'system:serviceaccount:keda:keda-operator', []],
    );
  });

  it('makes one operator of each account, in the namespace of each', () => {
    assert.deepEqual(
      expandPreset({ preset: 'cluster-api', accounts: {} }).map(({ name, username }) => [
        name,
        username,
      ]),
      [
        ['cluster-api-core', 'system:serviceaccount:capi-system:capi-manager'],
        [
          'cluster-api-control-plane',
          'system:serviceaccount:capi-kubeadm-control-plane-system:capi-kubeadm-control-plane-manager',
        ],
      ],
    );
  });

  it('takes another namespace, and other names', () => {
    const chosen = {
      preset: 'keda',
      namespace: 'scaling',
      accounts: { operator: 'mine' },
    } as const;
    assert.deepEqual(
      expandPreset(chosen).map(({ username }) => username),
      ['system:serviceaccount:scaling:mine'],
    );
  });

  it('gives rules as the configuration has them, without their reasons', () => {
    const [operator] = expandPreset({ preset: 'sealed-secrets', accounts: {} });
    assert.deepEqual(operator?.rules, [
      {
        verbs: ['UPDATE'],
        groups: [''],
        resources: ['secrets'],
        paths: ['data'],
        undeclared: true,
      },
    ]);
  });
});

it('listOperators() lists those that are written out first', () => {
  const written = { name: 'mine', username: 'system:serviceaccount:a:b', rules: [] };
  assert.deepEqual(
    listOperators({
      operators: [written],
      operatorPresets: [{ preset: 'keda', accounts: {} }],
    }).map(({ name }) => name),
    ['mine', 'keda'],
  );
});
