import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  isHealed,
  LISTED_OBJECTS_MAX,
  planHeal,
  planIncident,
  planSeverity,
} from '../../../src/alerting/plan-incident.ts';
import {
  sampleAttempt,
  sampleIncident,
  sampleObservation,
  sampleRule,
} from '../../support/alerts/incident-samples.ts';

const OBJECT = 'apps/deployments/shop/checkout';

test('planIncident() opens one with the first observation', () => {
  assert.deepEqual(planIncident(undefined, sampleObservation(), 1000), sampleIncident());
  const opened = planIncident(
    undefined,
    sampleObservation({ expiresAtMs: 9, unlisted: 3, rule: sampleRule({ class: 'other' }) }),
    1000,
  );
  assert.deepEqual(opened, { ...sampleIncident(), class: 'other', expiresAtMs: 9, unlisted: 3 });
});

test('planIncident() lets further ones join: counted, as grave as the gravest, quiet since now', () => {
  const attempt = sampleAttempt({ decisionId: 'D2' });
  const joined = planIncident(
    sampleIncident({ objects: { [OBJECT]: 'healed' } }),
    sampleObservation({ attempt, rule: sampleRule({ severity: 'error' }), expiresAtMs: 7 }),
    5000,
  );
  assert.deepEqual(joined, {
    ...sampleIncident(),
    severity: 'error',
    quietSinceMs: 5000,
    expiresAtMs: 7,
    count: 2,
    own: 2,
    objects: { [OBJECT]: 'open' },
    last: attempt,
  });
});

test('planIncident() names so many objects and counts the rest', () => {
  const names = Array.from({ length: LISTED_OBJECTS_MAX }, (_, index) => `object-${index}`);
  const full = sampleIncident({ objects: Object.fromEntries(names.map((name) => [name, 'open'])) });
  const more = planIncident(full, sampleObservation({ object: 'one more', unlisted: 2 }), 1);
  const same = planIncident(full, sampleObservation({ object: 'object-3' }), 1);
  assert.deepEqual(
    [Object.keys(more.objects).length, more.unlisted, same.unlisted],
    [LISTED_OBJECTS_MAX, 3, 0],
  );
});

test('planIncident() remembers under which keys others may have told it', () => {
  const theirs = sampleObservation({ own: 0, key: 'other' });
  const once = planIncident(sampleIncident(), theirs, 1);
  const twice = planIncident(once, theirs, 1);
  const same = planIncident(once, sampleObservation({ own: 0 }), 1);
  const mine = planIncident(once, sampleObservation({ key: 'mine' }), 1);
  for (const one of [once, twice, same, mine]) assert.deepEqual(one.aliases, ['other']);
  assert.deepEqual([twice.count, twice.own], [3, 1]);
});

test('planHeal() and isHealed() want every object, and none that is not listed', () => {
  const healed = planHeal(sampleIncident(), OBJECT);
  assert.deepEqual([isHealed(sampleIncident()), isHealed(healed)], [false, true]);
  assert.equal(planHeal(healed, OBJECT), healed);
  assert.equal(planHeal(healed, 'another'), healed);
  assert.equal(isHealed({ ...healed, unlisted: 1 }), false);
});

test('planIncident() leaves it to the rule that says how long it lasts, whichever came first', () => {
  const lasting = sampleRule({ name: 'drift-found', quietMs: 9000 });
  const joined = planIncident(sampleIncident(), sampleObservation({ rule: lasting }), 5000);
  assert.equal(joined.rule, 'drift-found');
  const later = planIncident(joined, sampleObservation({ rule: sampleRule() }), 6000);
  assert.equal(later.rule, 'drift-found');
});

test('planSeverity() is the graver', () => {
  assert.deepEqual(
    [planSeverity('info', 'critical'), planSeverity('error', 'warning')],
    ['critical', 'error'],
  );
});
