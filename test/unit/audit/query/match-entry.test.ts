import assert from 'node:assert/strict';
import { test } from 'node:test';
import { matchEntry, matchObject } from '../../../../src/audit/query/match-entry.ts';
import type { EntryFilter } from '../../../../src/audit/query/match-entry.ts';
import { sampleRecord } from '../../../support/journal/sample-record.ts';

const record = sampleRecord(3);
const timeMs = Date.parse(record.time);
const anything = { resources: [] };

const cases: readonly (readonly [EntryFilter, boolean])[] = [
  [{}, true],
  [{ sinceMs: timeMs }, true],
  [{ sinceMs: timeMs + 1 }, false],
  [{ untilMs: timeMs + 1 }, true],
  [{ untilMs: timeMs }, false],
  [{ username: 'user-3' }, true],
  [{ username: 'user' }, false],
  [{ namespace: 'shop' }, true],
  [{ namespace: '' }, false],
  [{ decision: 'denied' }, true],
  [{ decision: 'allowed' }, false],
  [{ code: 'managed_object_changed' }, true],
  [{ code: 'allowed' }, false],
  [{ policy: 'gitops_only_writes' }, true],
  [{ policy: 'other' }, false],
  [{ object: anything }, true],
  [
    { object: { resources: ['deployments'], group: 'apps', namespace: 'shop', name: 'app-3' } },
    true,
  ],
  [{ object: { resources: ['pods'] } }, false],
  [{ commit: '0123456' }, false],
];

test('what was only warned of is found by its kind, and by the code of the denial', () => {
  const policies = [
    { policy: 'p', mode: 'warn', status: 'warned', codes: ['c'], wouldDeny: true },
  ] as const;
  const wouldDeny = { code: 'c', message: 'm' };
  const warned = sampleRecord(1, { allowed: true, code: 'allowed', policies, wouldDeny });
  const found = (filter: EntryFilter) => matchEntry(warned, filter);

  assert.deepEqual(
    [
      found({ decision: 'warned' }),
      found({ code: 'c' }),
      found({ code: 'allowed' }),
      found({ decision: 'allowed' }),
    ],
    [true, true, true, true],
  );
  assert.equal(found({ decision: 'audited' }), false);
});

for (const [filter, expected] of cases) {
  test(`${JSON.stringify(filter)} ${expected ? 'means' : 'does not mean'} the record`, () => {
    assert.equal(matchEntry(record, filter), expected);
  });
}

test('a commit is the one that was judged, or that the application said, by its first digits', () => {
  const source = {
    repository: 'r',
    revision: 'abcdef0'.padEnd(40, '1'),
    path: '',
    inlineManifests: false,
  };
  const objectId = '0123456'.padEnd(40, '7');
  const commits = [{}, { objectId }];
  const found = (commit: string) =>
    matchEntry({ ...record, source: { ...source, commits } }, { commit });
  assert.deepEqual(
    ['0123456', objectId, 'abcdef01', '123456', `${objectId}7`].map((commit) => found(commit)),
    [true, true, true, false, false],
  );
});

const folded = {
  by: 'code',
  part: 1,
  count: 5,
  first: record.time,
  last: record.time,
  requestUids: [],
  refusals: [
    { username: 'a', operation: 'UPDATE', object: '/pods/shop/one', kind: 'Pod', count: 2 },
    {
      username: 'b',
      operation: 'DELETE',
      object: 'apps/deployments/billing/two',
      kind: 'Deployment',
      count: 3,
    },
  ],
} as const;
const common = {
  user: { ...record.user, username: 'ci-*' },
  object: { ...record.object, resource: '*', namespace: '*', name: '*' },
};

const foldedCases: readonly (readonly [EntryFilter, number, boolean])[] = [
  [{ username: 'a' }, 0, true],
  [{ username: 'a', namespace: 'shop' }, 0, true],
  [{ username: 'a', namespace: 'billing' }, 0, false],
  [{ object: { resources: ['deployments'], group: 'apps', name: 'two' } }, 0, true],
  [{ object: { resources: ['deployments'], name: 'one' } }, 0, false],
  [{ object: { resources: ['deployments'], name: 'one' } }, 1, true],
  [{ username: 'ci-3', namespace: 'shop' }, 1, true],
  [{ username: 'ci-3' }, 0, false],
  [{ username: 'other' }, 1, false],
  [{ username: 'a', code: 'other' }, 0, false],
];

for (const [filter, unlisted, expected] of foldedCases) {
  const rest = unlisted === 0 ? 'without a rest' : 'with some that it does not list';
  test(`${JSON.stringify(filter)} ${expected ? 'means' : 'does not mean'} counted refusals ${rest}`, () => {
    const counted = { ...record, ...common, folded: { ...folded, unlisted } };

    assert.equal(matchEntry(counted, filter), expected);
  });
}

test('a decision means its own record and the refusals that were counted after it', () => {
  const { decisionId } = record;

  assert.equal(matchEntry(record, { decisionId }), true);
  assert.equal(matchEntry({ ...record, folded }, { decisionId }), true);
  assert.equal(matchEntry(record, { decisionId: 'other' }), false);
});

for (const pattern of [{ group: '' }, { namespace: 'x' }, { name: 'x' }]) {
  test(`${JSON.stringify(pattern)} means another object`, () => {
    assert.equal(matchObject(record.object, { ...anything, ...pattern }), false);
  });
}
