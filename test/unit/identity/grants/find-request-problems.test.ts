import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  findRequestProblems,
  type GrantRequest,
} from '../../../../src/identity/grants/find-request-problems.ts';

const asked: GrantRequest = {
  subject: 'alice',
  groups: [],
  clusters: ['prod-eu-1'],
  namespaces: ['', 'shop', '*'],
  resources: ['deployments.apps/scale', 'pods', '*'],
  names: ['*', 'system:node', 'checkout'],
  verbs: ['UPDATE'],
  reason: 'the checkout is down',
  ticket: '',
  minutes: '60',
  uses: '10',
};

type Expected = readonly (readonly [string, string])[];

const TABLE: readonly (readonly [Partial<GrantRequest>, Expected])[] = [
  [{}, []],
  [
    { subject: '', clusters: [], resources: [], reason: '' },
    [
      ['subject', 'Expected the exact username (kubectl auth whoami), found nothing'],
      ['cluster', 'Expected the name of one cluster, as the denial says it, found nothing'],
      ['resource', 'Expected deployments.apps, deployments.apps/scale or "*", found nothing'],
      ['reason', 'Expected why it is needed: it stands in every record, found nothing'],
    ],
  ],
  [
    { clusters: ['*'] },
    [['cluster', 'Expected the name of one cluster, as the denial says it, found "*"']],
  ],
  [
    { resources: ['Deployment'] },
    [['resource', 'Expected deployments.apps, deployments.apps/scale or "*", found "Deployment"']],
  ],
  [{ namespaces: ['shop/'] }, [['namespace', 'Expected a namespace or "*", found "shop/"']]],
  [{ names: [''] }, [['object', 'Expected the name of an object, found ""']]],
  [{ minutes: '-5' }, [['minutes', 'Expected a whole number from 1, found "-5"']]],
  [{ minutes: '1234567' }, [['minutes', 'Expected at most 6 characters, found 7']]],
  [{ uses: '1.5' }, [['uses', 'Expected a whole number from 1, found "1.5"']]],
  [
    { groups: Array.from({ length: 101 }, (_, index) => `g${String(index)}`) },
    [['group', 'Expected it at most 100 times, found 101']],
  ],
  [{ reason: 'x'.repeat(1001) }, [['reason', 'Expected at most 1000 characters, found 1001']]],
];

describe('findRequestProblems()', () => {
  for (const [change, expected] of TABLE) {
    it(`says what is wrong with ${JSON.stringify(change).slice(0, 60)}`, () => {
      assert.deepEqual(
        findRequestProblems({ ...asked, ...change }),
        expected.map(([option, problem]) => ({ option, problem })),
      );
    });
  }
});
