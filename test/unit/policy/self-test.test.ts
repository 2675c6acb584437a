import assert from 'node:assert/strict';
import { test } from 'node:test';
import { systemClock } from '../../../src/base/clock.ts';
import { createPolicyEngine } from '../../../src/policy/engine.ts';
import { loadBundle } from '../../../src/policy/load-bundle.ts';
import { selfTest } from '../../../src/policy/self-test.ts';
import { engineSchema } from '../../../src/policy/settings.ts';
import { bundleFolder } from '../../support/policy-bundles.ts';
import { recordTelemetry } from '../../support/recording-telemetry.ts';

test('every policy that comes with Holdfast can be evaluated before it judges', async (t) => {
  const bundle = await loadBundle(await bundleFolder());
  const engine = await createPolicyEngine(bundle, engineSchema.parse({}), recordTelemetry());
  t.after(() => engine.close());

  assert.equal(await engine.selfTest(), undefined);
});

test('selfTest() names the first policy that fails, or answers in an unknown form', async () => {
  const { manifest } = await loadBundle(await bundleFolder());
  const policies = manifest.policies.slice(0, 2);
  const [first, second] = policies.map(({ name }) => name);
  const empty = JSON.stringify([
    { result: { [first ?? '']: { deny: [], warn: [], audit: [], patch: [] } } },
  ]);

  const failing = await selfTest(
    { run: async () => ({ status: 'failed', code: 'policy_memory_exceeded', reason: 'too much' }) },
    policies,
    { clock: systemClock, builtinsOf: () => ({}) },
  );
  const strange = await selfTest(
    { run: async () => ({ status: 'completed', text: empty, ranMs: 0 }) },
    policies,
    { clock: systemClock, builtinsOf: () => ({}) },
  );

  assert.deepEqual(failing, { policy: first, reason: 'too much' });
  assert.equal(strange?.policy, second);
});
