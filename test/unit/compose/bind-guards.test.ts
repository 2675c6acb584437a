import assert from 'node:assert/strict';
import { test } from 'node:test';
import { clockOf } from '../../support/simulated-time.ts';
import { createNoLookup } from '../../../src/kubernetes/lookup/lookup.ts';
import { createGuardBinder } from '../../../src/compose/bind-guards.ts';
import { defaultConfiguration } from '../../../src/config/parse-configuration.ts';
import { makeApprover } from '../../support/grants.ts';
import { recordTelemetry } from '../../support/recording-telemetry.ts';

const configuration = defaultConfiguration('/');
const clock = clockOf(() => 0);

function binder(isLive: boolean) {
  const { metrics, logger } = recordTelemetry();
  return createGuardBinder({ lookup: createNoLookup(), clock, metrics, logger, isLive });
}

test('createGuardBinder() proves writers against a live cluster only', async () => {
  assert.deepEqual(Object.keys(await binder(true).bind(configuration)), ['proveActor']);
  assert.deepEqual(Object.keys(await binder(false).bind(configuration)), []);
});

test('createGuardBinder() takes grants where somebody may approve them, cluster or not', async () => {
  const anna = await makeApprover('anna');
  const approvers = [{ name: 'anna', key: JSON.stringify(anna.key.publicJwk) }];
  const guarded = { ...configuration, breakGlass: { ...configuration.breakGlass, approvers } };
  const live = binder(true);

  assert.deepEqual(Object.keys(await live.bind(guarded)), ['proveActor', 'breakGlass']);
  assert.deepEqual(Object.keys(await binder(false).bind(guarded)), ['breakGlass']);
  await live.close();
});
