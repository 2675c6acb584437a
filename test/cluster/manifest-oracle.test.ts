/**
 * The API server is the oracle: what it makes of a manifest, by whatever way it is applied, is equal to the manifest, and what
 * somebody adds is found.
 */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { ManifestIndex } from '../../src/source/manifest/manifest-index.ts';
import type { Fields } from '../../src/source/manifest/type-schema.ts';
import type { Cluster } from '../support/cluster/cluster-handle.ts';
import { joinOrStartCluster } from '../support/cluster/shared-cluster.ts';
import { ACCESS, SETTINGS } from '../support/manifest-oracle/configuration.ts';
import { EXTENSIONS, WIDGET, WIDGETS } from '../support/manifest-oracle/extensions.ts';
import { NETWORK } from '../support/manifest-oracle/network.ts';
import type { OracleCase } from '../support/manifest-oracle/oracle-case.ts';
import { WORKLOADS } from '../support/manifest-oracle/workloads.ts';
import { at, compare, set } from '../support/manifest-samples.ts';

const NAMESPACE = 'manifest-oracle';
const CASES = [...WORKLOADS, ...NETWORK, ...SETTINGS, ...ACCESS, ...EXTENSIONS, WIDGETS, WIDGET];
const EQUAL = { status: 'equal', paths: [], kept: [] };
const types = new ManifestIndex([WIDGETS.manifest], { namespace: NAMESPACE });

/** What `kubectl` calls by one of its ways to apply. */
const WAYS = {
  'client-side apply': ['apply', '--field-manager=argocd-controller'],
  'server-side apply': [
    'apply',
    '--server-side',
    '--force-conflicts',
    '--field-manager=argocd-controller',
  ],
} as const;

describe('the API server as oracle of manifests', () => {
  let cluster: Cluster;
  before(async () => {
    cluster = await joinOrStartCluster();
    await cluster.mustKubectl('alice', ['create', 'namespace', NAMESPACE]);
    await cluster.mustKubectl('alice', ['apply', '-f', '-'], { input: WIDGETS.manifest });
    const established = ['wait', '--for=condition=Established', 'crd/widgets.oracle.example'];
    await cluster.mustKubectl('alice', [...established, '--timeout=60s']);
  });
  after(() => cluster.stop());

  function compareCase(one: OracleCase, object: Fields) {
    return compare(one.manifest, object, { customType: types.customType(object) });
  }

  async function send(one: OracleCase, how: 'create' | 'server-side apply'): Promise<Fields> {
    const collection = one.collection.replace('NS', NAMESPACE);
    const name = String(at(one.manifest, 'metadata.name'));
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

  for (const one of CASES) {
    for (const how of ['create', 'server-side apply'] as const) {
      // The definition exists already.
      if (one === WIDGETS && how === 'create') continue;
      it(`${one.name}, by ${how}, is equal, and additions are found`, async () => {
        const object = await send(one, how);

        assert.deepEqual(compareCase(one, object), EQUAL);

        const injected = structuredClone(object);
        const labels = at(injected, 'metadata.labels') ?? {};
        set(injected, 'metadata.labels', { ...labels, injected: 'x' });
        assert.deepEqual(compareCase(one, injected).paths, ['metadata.labels.injected']);
      });
    }
  }

  for (const one of WORKLOADS) {
    it(`${one.name}: a container, a volume of the node, a capability and an image are found`, async () => {
      const object = structuredClone(await send(one, 'create'));
      const pod = ['spec.template.spec', 'spec.jobTemplate.spec.template.spec', 'spec'].find(
        (path) => Array.isArray(at(object, `${path}.containers`)),
      );
      assert.ok(pod !== undefined);
      const name = String(at(object, `${pod}.containers.0.name`));
      set(object, `${pod}.containers.1`, { name: 'miner', image: 'x' });
      set(object, `${pod}.containers.0.image`, 'evil');
      set(object, `${pod}.containers.0.securityContext`, {
        privileged: true,
      });
      const volumes = at(object, `${pod}.volumes`);
      const root = { name: 'root', hostPath: { path: '/', type: '' } };
      set(object, `${pod}.volumes`, [...(Array.isArray(volumes) ? volumes : []), root]);

      const { paths } = compareCase(one, object);

      for (const path of ['containers[miner]', `containers[${name}].image`, 'volumes[root]']) {
        assert.ok(paths.includes(`${pod}.${path}`), `${path} is not in ${paths.join(', ')}`);
      }
      const isContext = (path: string) =>
        path.startsWith(`${pod}.containers[${name}].securityContext`);
      assert.ok(paths.some(isContext), paths.join(', '));
    });
  }

  for (const [way, argv] of Object.entries(WAYS)) {
    it(`what others added meanwhile is not the fault of the next ${way}`, async () => {
      const suffix = way.startsWith('client') ? 'client' : 'server';
      const [deployment, role] = declaredPair(suffix);
      const apply = (manifest: object) =>
        cluster.mustKubectl('alice', [...argv, '-n', NAMESPACE, '-f', '-'], { input: manifest });
      const read = async (resource: string): Promise<Fields> => {
        const text = await cluster.mustKubectl('alice', [
          'get',
          resource,
          '-n',
          NAMESPACE,
          '-o',
          'json',
        ]);
        const value: unknown = JSON.parse(text);
        assert.ok(typeof value === 'object' && value !== null);
        return { ...value };
      };
      await apply(deployment);
      await apply(role);
      const name = String(at(deployment, 'metadata.name'));
      const patch = {
        metadata: { annotations: { note: 'x' }, labels: { added: 'y' } },
        spec: {
          replicas: 4,
          template: {
            spec: {
              containers: [
                { name: 'app', env: [{ name: 'ADDED', value: '1' }] },
                { name: 'proxy', image: 'proxy:1' },
              ],
            },
          },
        },
      };
      const patched = ['patch', `deployment/${name}`, '-n', NAMESPACE, '-p', JSON.stringify(patch)];
      await cluster.mustKubectl('alice', patched);
      const stored = await read(`deployment/${name}`);

      set(deployment, 'spec.template.spec.containers.0.image', 'app:2');
      await apply(deployment);

      const object = await read(`deployment/${name}`);
      const fact = compare(deployment, object, { stored });
      assert.deepEqual([fact.status, fact.paths], ['equal', []]);
      assert.ok(fact.kept.includes('spec.template.spec.containers[proxy]'), fact.kept.join(', '));
      assert.deepEqual(compare(deployment, object).status, 'differs');
    });
  }

  it('what kubectl auth reconcile makes of a role grants no more than both', async () => {
    const [, role] = declaredPair('reconciled');
    const rule = (verbs: readonly string[]) => ({ apiGroups: [''], resources: ['pods'], verbs });
    const reconcile = (rules: readonly object[]) => {
      const manifest = { ...role, metadata: { name: 'reconciled', namespace: NAMESPACE }, rules };
      return cluster
        .mustKubectl('alice', ['auth', 'reconcile', '-f', '-'], { input: manifest })
        .then(() => manifest);
    };
    const read = async (): Promise<Fields> => {
      const argv = ['get', 'role/reconciled', '-n', NAMESPACE, '-o', 'json'];
      const value: unknown = JSON.parse(await cluster.mustKubectl('alice', argv));
      assert.ok(typeof value === 'object' && value !== null);
      return { ...value };
    };
    await reconcile([rule(['get', 'watch'])]);
    const stored = await read();

    const declared = await reconcile([rule(['get', 'list', 'update'])]);

    const fact = compare(declared, await read(), { stored });
    assert.deepEqual([fact.status, fact.paths], ['equal', []]);
  });
});

function declaredPair(suffix: string): readonly [Fields, Fields] {
  const labels = { app: `web-${suffix}` };
  return [
    {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: `web-${suffix}`, labels },
      spec: {
        selector: { matchLabels: labels },
        template: {
          metadata: { labels },
          spec: { containers: [{ name: 'app', image: 'app:1', env: [{ name: 'A', value: 'a' }] }] },
        },
      },
    },
    {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'Role',
      metadata: { name: `web-${suffix}` },
      rules: [{ apiGroups: [''], resources: ['pods'], verbs: ['get'] }],
    },
  ];
}
