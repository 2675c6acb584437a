import assert from 'node:assert/strict';
import { realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { NO_HELM } from '../../../../src/source/parse-render-parameters.ts';
import type { HelmParameters } from '../../../../src/source/parse-render-parameters.ts';
import { renderHelm } from '../../../../src/source/render/render-helm.ts';
import { ENVIRONMENT, RUN_LIMITS } from '../../../support/render-samples.ts';
import { makeTemporaryFolder } from '../../../support/temporary-folder.ts';

const CHART = 'apiVersion: v2\nname: app\nversion: 1.0.0\n';

/** What is refused before helm runs; test/e2e/render-helm.test.ts runs it. */
const REFUSED: readonly (readonly [
  string,
  Readonly<Record<string, string>>,
  Partial<HelmParameters>,
  string,
])[] = [
  ['a folder without a chart', { 'app/Chart.yaml': 'a: [' }, {}, 'Chart.yaml cannot be read'],
  [
    'a chart that would be fetched',
    {
      'app/Chart.yaml': `${CHART}dependencies: [{name: redis, repository: "https://charts.example"}]\n`,
    },
    {},
    'the chart "redis" is not in charts/ and would be fetched',
  ],
  [
    'remote values',
    { 'app/Chart.yaml': CHART },
    { valueFiles: ['https://a.example/v.yaml'] },
    '"https://a.example/v.yaml" is remote',
  ],
  [
    'values of another source',
    { 'app/Chart.yaml': CHART },
    { valueFiles: ['$values/v.yaml'] },
    '"$values/v.yaml" is in another source',
  ],
  [
    'values out of the repository',
    { 'app/Chart.yaml': CHART },
    { valueFiles: ['../../../../../../../../../../etc/hosts'] },
    '"../../../../../../../../../../etc/hosts" leads out of the repository',
  ],
  [
    'a file that is missing',
    { 'app/Chart.yaml': CHART },
    { fileParameters: [{ name: 'a', path: '/none.txt' }] },
    'there is no file "/none.txt"',
  ],
];
for (const [name, files, parameters, reason] of REFUSED) {
  test(`renderHelm() refuses ${name}`, async (t) => {
    const root = await realpath(await makeTemporaryFolder(t, files));
    const rendered = await renderHelm({
      source: { root, folder: join(root, 'app') },
      parameters: { ...NO_HELM, ...parameters },
      environment: ENVIRONMENT,
      cluster: { namespace: 'shop', kubeVersion: '', apiVersions: [] },
      program: '/none',
      limits: RUN_LIMITS,
    });
    assert.deepEqual(rendered, { status: 'not-comparable', reason });
  });
}
