/** Drift that got past admission is healed by a real kustomize-controller, asked by Holdfast, long before its own interval. */
import assert from 'node:assert/strict';
import { describe, it, before, type TestContext } from 'node:test';
import { settings } from '../support/argocd/sample-files.ts';
import { changeBehindTheirBacks } from '../support/cluster/bypass.ts';
import {
  HEAL_SETTINGS,
  HEALER_POLICIES,
  installHealer,
  waitUntilKnown,
} from '../support/cluster/healer.ts';
import { useCluster } from '../support/cluster/use-cluster.ts';
import { waitFor } from '../support/cluster/wait-for.ts';
import { PODINFO, startFluxCluster } from '../support/flux/flux-cluster.ts';

const SETTINGS = `/api/v1/namespaces/${PODINFO}/configmaps/settings`;
const HEALED_MS = 30_000;

describe('healing of drift by Flux', () => {
  const flux = useCluster(() =>
    startFluxCluster(
      { 'settings.yaml': settings() },
      {
        audit: { journal: { folder: 'journal' } },
        sections: { drift: { heal: HEAL_SETTINGS } },
        policies: HEALER_POLICIES,
      },
    ),
  );
  before(async () => {
    await installHealer(flux().cluster);
    await waitUntilKnown(flux().holdfast, 1);
  });

  const read = async () => (await flux().cluster.request('root', SETTINGS)).body;

  for (const { what, change, isHealed } of [
    {
      what: 'a changed value',
      change: { data: { greeting: 'hacked' } },
      isHealed: async () => (await read()).data?.['greeting'] === 'hello',
    },
    {
      what: 'an addition, which Flux leaves alone',
      change: { data: { debug: 'true' } },
      isHealed: async () => (await read()).data?.['debug'] === undefined,
    },
    {
      what: 'a deletion',
      change: 'deleted',
      isHealed: async () => (await read()).data?.['greeting'] === 'hello',
    },
  ] as const) {
    it(`heals ${what}`, async (t: TestContext) => {
      await changeBehindTheirBacks(flux(), SETTINGS, change);
      const sinceMs = Date.now();
      await waitFor('it is healed', isHealed);
      t.diagnostic(`${what}: healed in ${Date.now() - sinceMs} ms`);
      assert.ok(Date.now() - sinceMs < HEALED_MS);
    });
  }
});
