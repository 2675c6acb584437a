/** What docs/operations says of the chart's files. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { it } from 'node:test';
import { parseConfiguration } from '../../src/config/parse-configuration.ts';
import { KUBERNETES_VERSIONS } from '../support/assets/families.ts';
import { ARGOCD_VERSIONS, FLUX_VERSIONS } from '../support/assets/gitops.ts';
import { HELM_VERSION } from '../support/assets/helm.ts';
import { CHART, readObjects, renderChart } from '../support/deploy/render-chart.ts';
import { makeTemporaryFolder } from '../support/temporary-folder.ts';

const OPERATIONS = join(import.meta.dirname, '..', '..', 'docs', 'operations');
const INSTALL = readFileSync(join(OPERATIONS, 'install.md'), 'utf8');
const CLOUDS = readFileSync(join(OPERATIONS, 'clouds.md'), 'utf8');

it('the values of the guide make a valid configuration, in a trial, in production and in each cloud', async (t) => {
  const [, values = ''] =
    /<!-- run by test\/deploy\/guide\.test\.ts -->\n```yaml\n(?<text>[\s\S]*?)^```$/mu.exec(
      INSTALL,
    ) ?? [];
  assert.notEqual(values, '');
  const folder = await makeTemporaryFolder(t, {});
  const own = join(folder, 'my-values.yaml');
  await writeFile(own, values);
  for (const file of readdirSync(join(CHART, 'values'))) {
    const argv = ['--values', join(CHART, 'values', file), '--values', own];
    const map = readObjects(await renderChart(argv)).find(({ kind }) => kind === 'ConfigMap');
    const text = Object.values(map?.['data'] ?? {})
      .map(String)
      .join('');
    const parsed = parseConfiguration(text, { file: 'holdfast.yaml', folder: '/etc/holdfast' });
    assert.ok(parsed.ok, `${file}: ${JSON.stringify(parsed)}`);
    const { cluster, registration, policies } = parsed.configuration;
    assert.equal(cluster.name, 'prod-eu-1');
    assert.deepEqual(
      [registration.profile, policies.mode],
      file === 'production.yaml' ? ['production', 'enforce'] : ['trial', 'warn'],
    );
  }
});

it('the table of clouds names each file of values, and no others', () => {
  const named = [...CLOUDS.matchAll(/^\| [^|]+ \| `(?<file>[a-z0-9-]+\.yaml)`/gmu)].map(
    ({ groups }) => groups?.['file'] ?? '',
  );
  const files = readdirSync(join(CHART, 'values')).filter(
    (file) => file !== 'trial.yaml' && file !== 'production.yaml',
  );
  assert.deepEqual(named.toSorted(), files.toSorted());
});

it('the versions of the clouds page are those that tests run with', () => {
  const [, oldest = ''] =
    /kubeVersion: '>=(\d+\.\d+)/u.exec(readFileSync(join(CHART, 'Chart.yaml'), 'utf8')) ?? [];
  const { current, previous } = KUBERNETES_VERSIONS;
  assert.ok(
    CLOUDS.includes(`| Kubernetes | ${current} (every test); ${previous} (the essentials)`),
  );
  for (const [tool, versions] of [
    ['Argo CD |', ARGOCD_VERSIONS],
    ['Flux | kustomize-controller', FLUX_VERSIONS],
  ] as const) {
    const older = `${versions.previous} on Kubernetes ${previous} (the essentials)`;
    assert.ok(CLOUDS.includes(`| ${tool} ${versions.current}, end to end; ${older}`), tool);
  }
  assert.ok(CLOUDS.includes(`| ${oldest}: match conditions`));
  assert.ok(CLOUDS.includes(`| Helm | ${HELM_VERSION} |`));
});
