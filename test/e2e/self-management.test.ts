/** A real Argo CD manages the Holdfast that judges it: it applies `deploy/base`, and its configuration changes through Git alone. */
import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { before, describe, it } from 'node:test';
import type { TestApplication } from '../support/argocd/application.ts';
import { useGitOpsCluster } from '../support/argocd/use-gitops-cluster.ts';
import { readDenial } from '../support/cluster/denial.ts';

const BASE = join(import.meta.dirname, '..', '..', 'deploy', 'base');
const NAMESPACE = 'holdfast-system';
const CONFIGURATION = `/api/v1/namespaces/${NAMESPACE}/configmaps/holdfast`;

/** What kustomize makes of the folder: the objects, and the ConfigMap with the configuration. */
async function renderBase(configuration: string): Promise<Readonly<Record<string, string>>> {
  const left = new Set(['kustomization.yaml', 'holdfast.yaml']);
  const names = (await readdir(BASE)).filter((name) => !left.has(name));
  const files = names.map(
    async (name) => [name, await readFile(join(BASE, name), 'utf8')] as const,
  );
  const map = {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'holdfast', namespace: NAMESPACE },
    data: { 'holdfast.yaml': configuration },
  };
  const rendered = Object.fromEntries(await Promise.all(files));
  return { ...rendered, 'configuration.yaml': JSON.stringify(map) };
}

describe('Argo CD that manages Holdfast', () => {
  const gitops = useGitOpsCluster();
  let application: TestApplication;
  let written: string;

  before(async () => {
    application = await gitops().claimApplication();
    written = await readFile(join(BASE, 'holdfast.yaml'), 'utf8');
    await application.sync(await renderBase(written), 'Manage Holdfast');
  });

  const configured = async (): Promise<string | undefined> =>
    (await gitops().cluster.request('root', CONFIGURATION)).body.data?.['holdfast.yaml'];

  it('applies what the chart makes, through Holdfast itself', async () => {
    const path = `/apis/apps/v1/namespaces/${NAMESPACE}/statefulsets/holdfast`;
    const { body } = await gitops().cluster.request('root', path);

    assert.match(
      body.metadata?.annotations?.['argocd.argoproj.io/tracking-id'] ?? '',
      /:apps\/StatefulSet:holdfast-system\/holdfast$/u,
    );
  });

  it('changes its configuration through Git', async () => {
    const changed = written.replace('name: example', 'name: prod-eu-1');
    await application.sync(await renderBase(changed), 'Name the cluster');

    assert.equal(await configured(), changed);
  });

  it('is refused to a cluster-admin by hand: configuration, image, and the whole StatefulSet', async () => {
    const previous = await configured();
    const data = JSON.stringify({ data: { 'holdfast.yaml': 'policies: { mode: "off" }' } });
    for (const change of [
      ['patch', 'configmap', 'holdfast', '--type=merge', '-p', data],
      ['set', 'image', 'statefulset/holdfast', '*=registry.local/evil:1'],
      ['scale', 'statefulset/holdfast', '--replicas=0'],
      ['delete', 'statefulset', 'holdfast', '--wait=false'],
    ]) {
      const result = await gitops().cluster.kubectl('alice', ['-n', NAMESPACE, ...change]);

      const findings = readDenial(result)?.findings ?? [];
      assert.ok(
        findings.includes('gitops_installation_changed by gitops_namespaces'),
        `${change.join(' ')}: ${result.stderr}`,
      );
    }
    assert.equal(await configured(), previous);
  });

  it('is rolled back, whatever it refuses, once its registration is taken away: no webhook is asked about that', async () => {
    const { cluster } = gitops();
    const kinds = 'validatingwebhookconfiguration,mutatingwebhookconfiguration';
    await cluster.mustKubectl('alice', ['delete', kinds, 'holdfast']);

    const reverted = written.replace('name: example', 'name: rolled-back');
    await application.sync(await renderBase(reverted), 'Roll back');

    assert.equal(await configured(), reverted);
  });
});
