import assert from 'node:assert/strict';
import { test } from 'node:test';
import { matchesFilter } from '../../../src/delivery/match-filter.ts';
import type { SinkFilter } from '../../../src/delivery/settings.ts';
import { sampleRecord } from '../../support/journal-entries.ts';

const denial = sampleRecord(1);
function counted(namespace: string, unlisted: number): typeof denial {
  const refusal = { username: 'alice', operation: 'UPDATE', kind: 'Pod', count: 1 } as const;
  const counts = { part: 1, count: 1, first: denial.time, last: denial.time, requestUids: [] };
  const refusals = [{ ...refusal, object: `/pods/${namespace}/a` }];
  const object = { ...denial.object, namespace: '*' };
  return { ...denial, object, folded: { by: 'code', ...counts, refusals, unlisted } };
}

const warned = sampleRecord(1, {
  allowed: true,
  code: 'allowed',
  message: '',
  wouldDeny: { code: 'managed_object_changed', message: 'Managed' },
  policies: [{ policy: 'p', mode: 'warn', status: 'warned', codes: [], wouldDeny: true }],
});
const onCluster = sampleRecord(1, { object: { ...denial.object, namespace: '' } });

for (const [name, filter, record, expected] of [
  ['a record, where nothing is asked for', {}, denial, true],
  ['a denial among denials', { decisions: ['denied'] }, denial, true],
  ['a denial among allows', { decisions: ['allowed'] }, denial, false],
  ['an allow among both', { decisions: ['denied', 'allowed'] }, { ...denial, allowed: true }, true],
  ['an allow among denials', { decisions: ['denied'] }, { ...denial, allowed: true }, false],
  ['what was warned of among allows', { decisions: ['allowed'] }, warned, true],
  ['what was warned of by its kind', { decisions: ['warned'] }, warned, true],
  ['what was warned of by another kind', { decisions: ['audited'] }, warned, false],
  [
    'what was warned of by the code of the denial',
    { codes: ['managed_object_changed'] },
    warned,
    true,
  ],
  ['its code', { codes: ['other', 'managed_object_changed'] }, denial, true],
  ['another code', { codes: ['managed'] }, denial, false],
  ['a policy that objected', { policies: ['gitops_only_writes'] }, denial, true],
  ['a policy that passed', { policies: ['protected_keys'] }, denial, false],
  ['a policy that was not asked', { policies: ['another'] }, denial, false],
  ['its namespace', { namespaces: ['shop'] }, denial, true],
  ['the beginning of its namespace', { namespaces: ['sh*'] }, denial, true],
  ['another beginning', { namespaces: ['team-*'] }, denial, false],
  ['a part of its namespace', { namespaces: ['sho'] }, denial, false],
  ['every namespace', { namespaces: ['*'] }, denial, true],
  ['an object of the cluster in every namespace', { namespaces: ['*'] }, onCluster, false],
  ['an object of the cluster in none', { namespaces: [''] }, onCluster, true],
  ['counted refusals in its namespace', { namespaces: ['shop'] }, counted('shop', 0), true],
  ['counted refusals elsewhere', { namespaces: ['shop'] }, counted('other', 0), false],
  ['some that are not listed', { namespaces: ['shop'] }, counted('other', 1), true],
  ['its class', { actorClasses: ['other'] }, denial, true],
  ['another class', { actorClasses: ['gitops'] }, denial, false],
  ['no actor in any class', { actorClasses: ['other'] }, { ...denial, actor: undefined }, false],
  ['a dry run', { dryRun: true }, { ...denial, dryRun: true }, true],
  ['a dry run where none is wanted', { dryRun: false }, { ...denial, dryRun: true }, false],
  ['a real request where no dry run is wanted', { dryRun: false }, denial, true],
  ['one condition of two', { codes: ['managed_object_changed'], namespaces: ['x'] }, denial, false],
] as const) {
  test(`matchesFilter() ${expected ? 'passes' : 'holds back'} ${name}`, () => {
    const whole: SinkFilter = { dryRun: true, ...filter };
    assert.equal(matchesFilter(record, whole), expected);
  });
}
