import assert from 'node:assert/strict';
import { realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { NO_KUSTOMIZE } from '../../../../src/source/parse-render-parameters.ts';
import type { KustomizeParameters } from '../../../../src/source/parse-render-parameters.ts';
import { renderKustomize } from '../../../../src/source/render/render-kustomize.ts';
import { ENVIRONMENT, RUN_LIMITS } from '../../../support/render-samples.ts';
import { makeTemporaryFolder } from '../../../support/temporary-folder.ts';

/** What is refused before kustomize runs; test/cluster/rendering.test.ts runs it. */
const REFUSED: readonly (readonly [string, string, Partial<KustomizeParameters>, string])[] = [
  [
    'a remote base',
    'resources: ["https://git.example/base"]\n',
    {},
    'the kustomization includes "https://git.example/base", which is remote',
  ],
  [
    'a remote component of the parameters',
    'resources: []\n',
    { components: ['https://git.example/component'] },
    'the kustomization includes "https://git.example/component", which is remote',
  ],
  [
    'another version',
    'resources: []\n',
    { version: 'v4' },
    'the application asks for its own kustomize v4',
  ],
  [
    'a label that is there already',
    'commonLabels: {a: x}\n',
    { commonLabels: { a: 'y' } },
    'commonLabels of the kustomization has "a" already, and it is not forced',
  ],
];
for (const [name, kustomization, parameters, reason] of REFUSED) {
  test(`renderKustomize() refuses ${name}`, async (t) => {
    const root = await realpath(
      await makeTemporaryFolder(t, { 'app/kustomization.yaml': kustomization }),
    );
    const rendered = await renderKustomize({
      source: { root, folder: join(root, 'app') },
      parameters: { ...NO_KUSTOMIZE, ...parameters },
      environment: ENVIRONMENT,
      program: { path: '/none', command: 'build' },
      limits: RUN_LIMITS,
    });
    assert.deepEqual(rendered, { status: 'not-comparable', reason });
  });
}
