/**
 * The chart against a real API server: every set of values by kubeconform, with the schemas of that API server, and by a dry
 * run; and one release that is installed, upgraded, rolled back and removed, as the guide types it.
 */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { describeProfile } from '../../src/registration/profile.ts';
import { prepareChartTool } from '../support/assets/chart-tools.ts';
import { startCluster } from '../support/cluster/cluster.ts';
import type { Cluster } from '../support/cluster/cluster.ts';
import { waitFor } from '../support/cluster/wait-for.ts';
import { listMatrix } from '../support/deploy/chart-matrix.ts';
import { planSchemas, SCHEMA_NAME } from '../support/deploy/openapi-schemas.ts';
import {
  CHART,
  NAMESPACE,
  readObjects,
  renderChart,
  runHelm,
} from '../support/deploy/render-chart.ts';

/** Kinds of the Prometheus Operator, which the API server does not serve; the rules are read by promtool. */
const OPERATOR_KINDS = ['ServiceMonitor', 'PrometheusRule'];
const TRIAL = ['--values', join(CHART, 'values', 'trial.yaml')];
const STATEFUL_SET = `/apis/apps/v1/namespaces/${NAMESPACE}/statefulsets/holdfast`;

describe('the chart on a real API server', () => {
  let cluster: Cluster;
  let schemas = '';
  const helm = async (...argv: readonly string[]): Promise<string> =>
    runHelm([...argv, '--namespace', NAMESPACE], {
      KUBECONFIG: cluster.kubeconfigOf('alice'),
      HOME: join(cluster.folder, 'helm'),
    });

  before(async () => {
    cluster = await startCluster();
    schemas = join(cluster.folder, 'schemas');
    await mkdir(schemas);
    const openApi: unknown = JSON.parse(
      await cluster.mustKubectl('root', ['get', '--raw', '/openapi/v2']),
    );
    for (const { name, text } of planSchemas(openApi)) await writeFile(join(schemas, name), text);
    for (const name of ['argocd', 'shop', 'blog', 'tried']) {
      await cluster.mustKubectl('alice', ['create', 'namespace', name]);
    }
  });
  after(async () => {
    await cluster?.stop();
  });

  async function conform(text: string) {
    const argv = ['-strict', '-schema-location', join(schemas, SCHEMA_NAME)];
    const { status, stdout, stderr } = spawnSync(
      await prepareChartTool('kubeconform'),
      [...argv, '-skip', OPERATOR_KINDS.join(','), '-output', 'json', '-'],
      { input: text, encoding: 'utf8' },
    );
    return { status, output: `${stdout}${stderr}` };
  }

  for (const { name, argv } of listMatrix()) {
    it(`accepts what it renders, by schema and by dry run: ${name}`, async () => {
      const documents = await renderChart([...argv, '--set', 'namespace.create=false']);
      const found = await conform(documents.map(({ text }) => text).join('---\n'));
      assert.equal(found.status, 0, found.output);
      const objects = readObjects(documents).filter(({ kind }) => !OPERATOR_KINDS.includes(kind));
      const moved = JSON.stringify(objects).replaceAll(`"${NAMESPACE}"`, '"tried"');
      const apply = ['apply', '--server-side', '--validate=strict', '--dry-run=server', '-f', '-'];
      const input: unknown = JSON.parse(moved);
      assert.ok(Array.isArray(input));
      const tried = await cluster.kubectl('alice', apply, { input });
      assert.deepEqual([tried.code, tried.stderr], [0, ''], name);
    });
  }

  it('would refuse a misspelt field', async () => {
    const [set] = readObjects(await renderChart(['--show-only', 'templates/statefulset.yaml']));
    const { status, output } = await conform(
      JSON.stringify({ ...set, spec: { ...(set?.['spec'] as object), replica: 1 } }),
    );
    assert.equal(status, 1);
    assert.match(output, /replica/u);
  });

  it('is installed as a trial, says what is next, and its controllers make a pod', async () => {
    const notes = await helm('install', 'holdfast', CHART, '--create-namespace', ...TRIAL);
    const [, trial = ''] = describeProfile({ name: 'trial', pilotNamespaces: [] });
    assert.ok(notes.includes(trial) && notes.includes('emptyDir'), notes);
    assert.match(notes, /holdfast manifests --config holdfast\.yaml .* \| kubectl apply/u);
    await waitFor('the StatefulSet has made its pod', async () => {
      const path = `/api/v1/namespaces/${NAMESPACE}/pods/holdfast-0`;
      return (await cluster.request('root', path)).code === 200;
    });
  });

  it('goes from the trial to production: a journal cannot move into a claim of the same StatefulSet', async () => {
    const production = ['--values', join(CHART, 'values', 'production.yaml')];
    await assert.rejects(
      helm('upgrade', 'holdfast', CHART, ...production),
      /volumeClaimTemplates|Forbidden/u,
    );
    await cluster.mustKubectl('alice', [
      'delete',
      'statefulset',
      'holdfast',
      '--cascade=foreground',
      `--namespace=${NAMESPACE}`,
    ]);
    const notes = await helm('upgrade', 'holdfast', CHART, ...production);
    assert.match(notes, /While Holdfast is away, writes that are not exempt are refused/u);
    await waitFor('each replica has a claim', async () => {
      const path = `/api/v1/namespaces/${NAMESPACE}/persistentvolumeclaims`;
      return (await cluster.request('root', path)).body.items?.length === 3;
    });
  });

  it('is upgraded and rolled back', async () => {
    const image = async () =>
      JSON.stringify((await cluster.request('root', STATEFUL_SET)).body.spec);
    await helm('upgrade', 'holdfast', CHART, '--reuse-values', '--set', 'image.tag=0.1.1');
    assert.match(await image(), /"image":"holdfast:0\.1\.1"/u);
    await helm('rollback', 'holdfast');
    assert.match(await image(), /"image":"holdfast:0\.1\.0"/u);
  });

  it('is removed, and leaves the evidence and the grants', async () => {
    await helm('uninstall', 'holdfast', '--wait');
    assert.equal((await cluster.request('root', STATEFUL_SET)).code, 404);
    const left = await cluster.mustKubectl('root', [
      'get',
      'persistentvolumeclaims',
      '--output=name',
      `--namespace=${NAMESPACE}`,
    ]);
    assert.deepEqual(left.trim().split('\n'), [
      'persistentvolumeclaim/journal-holdfast-0',
      'persistentvolumeclaim/journal-holdfast-1',
      'persistentvolumeclaim/journal-holdfast-2',
    ]);
    await cluster.mustKubectl('root', ['get', 'crd', 'breakglassgrants.holdfast.dev']);
    for (const kind of ['clusterrole', 'clusterrolebinding']) {
      const { code } = await cluster.kubectl('root', ['get', kind, 'holdfast']);
      assert.equal(code, 1, kind);
    }
  });
});
