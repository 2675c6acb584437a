import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { CommandInput } from '../../../src/cli/command.ts';
import { readRoute, routeOption } from '../../../src/cli/route-option.ts';

function ask(route: string | undefined): CommandInput {
  return {
    arguments: [],
    flag: () => false,
    text: (name) => (name === 'route' ? route : undefined),
    texts: () => [],
  };
}

describe('--route', () => {
  it('asks the webhook that is named', () => {
    assert.equal(readRoute(ask('validate')), 'validate');
    assert.equal(readRoute(ask('mutate')), 'mutate');
  });

  it('asks the one that refuses where none is named', () => {
    assert.equal(readRoute(ask(undefined)), 'validate');
    assert.equal(routeOption.default, 'validate');
  });

  it('takes no other', () => {
    assert.deepEqual(routeOption.choices, ['validate', 'mutate']);
  });
});
