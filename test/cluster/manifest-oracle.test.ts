/**
 * The API server is the oracle: what it makes of a manifest, by whatever way it is applied, is equal to the manifest, and what
 * somebody adds is found.
 */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { ManifestIndex } from '../../src/source/manifest/manifest-index.ts';
import type { Cluster } from '../support/cluster/cluster-handle.ts';
import { joinOrStartCluster } from '../support/cluster/shared-cluster.ts';
import { compare } from '../support/manifest-samples.ts';
import type { Fields } from '../../src/source/manifest/type-schema.ts';
import { ACCESS, SETTINGS } from '../support/manifest-oracle/configuration.ts';
import { EXTENSIONS, WIDGET, WIDGETS } from '../support/manifest-oracle/extensions.ts';
import { NETWORK } from '../support/manifest-oracle/network.ts';
import type { OracleCase } from '../support/manifest-oracle/oracle-case.ts';
import { WORKLOADS } from '../support/manifest-oracle/workloads.ts';

const NAMESPACE = 'manifest-oracle';
const types = new ManifestIndex([WIDGETS.manifest], { namespace: NAMESPACE });

describe('the API server as oracle of manifests', () => {
  let cluster: Cluster;
  before(async () => {
    cluster = await joinOrStartCluster();
    await cluster.mustKubectl('alice', ['create', 'namespace', NAMESPACE]);
    await cluster.mustKubectl('alice', ['apply', '-f', '-'], { input: WIDGETS.manifest });
    await cluster.mustKubectl('alice', [
      'wait',
      '--for=condition=Established',
      'crd/widgets.oracle.example',
      '--timeout=60s',
    ]);
  });
  after(() => cluster.stop());

  async function send(one: OracleCase, how: 'create' | 'server-side apply'): Promise<Fields> {
    const collection = one.collection.replace('NS', NAMESPACE);
    // The definition exists already.
    const name = String(new Map(Object.entries(one.manifest['metadata'] ?? {})).get('name'));
    const isApplied = how === 'server-side apply';
    const answer = await cluster.request(
      'alice',
      isApplied
        ? `${collection}/${name}?dryRun=All&fieldManager=argocd-controller&force=true`
        : `${collection}?dryRun=All`,
      {
        method: isApplied ? 'PATCH' : 'POST',
        body: one.manifest,
        ...(isApplied && { patchType: 'application/apply-patch+yaml' }),
      },
    );
    assert.ok(answer.code < 300, `${one.name}: ${JSON.stringify(answer.body)}`);
    return { ...answer.body };
  }

  const cases = [...WORKLOADS, ...NETWORK, ...SETTINGS, ...ACCESS, ...EXTENSIONS, WIDGETS, WIDGET];
  for (const one of cases) {
    for (const how of ['create', 'server-side apply'] as const) {
      if (one === WIDGETS && how === 'create') continue;
      it(`${one.name}, by ${how}, is equal`, async () => {
        const object = await send(one, how);

        const fact = compare(one.manifest, object, { customType: types.customType(object) });

        assert.deepEqual(fact, { status: 'equal', paths: [], kept: [] });
      });
    }
  }
});
