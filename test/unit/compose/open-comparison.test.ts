import assert from 'node:assert/strict';
import { stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { addMs, systemClock } from '../../../src/base/clock.ts';
import { openComparison } from '../../../src/compose/open-comparison.ts';
import { configurationSchema } from '../../../src/config/schema.ts';
import { ClusterCredentials } from '../../../src/source/mirror/cluster-credentials.ts';
import { revisionUnavailable } from '../../../src/source/mirror/mirror-failure.ts';
import { recordTelemetry } from '../../support/recording-telemetry.ts';
import { makeTemporaryFolder } from '../../support/temporary-folder.ts';
import { sampleVerifiedSource } from '../../support/verified-source.ts';

const OBJECT_ID = '1'.repeat(40);
const REPOSITORY = 'https://git.example.com/shop';

async function open(t: TestContext, mirrors: object, environment = {}) {
  const configuration = configurationSchema.parse({ mirrors });
  const asked: string[] = [];
  const client = { read: () => Promise.resolve({ status: 'absent' } as const) };
  const clusterCredentials = new ClusterCredentials({
    client,
    clock: systemClock,
    argocdNamespace: 'argocd',
  });
  const opened = await openComparison(
    {
      configuration,
      mirrors: {
        readTree: ({ objectId }) => {
          asked.push(objectId);
          return Promise.resolve(revisionUnavailable('The server does not answer'));
        },
      },
      access: {
        settings: configuration.mirrors,
        environment,
        clusterCredentials,
        whenForbidden: 'unavailable',
      },
      metrics: recordTelemetry().metrics,
    },
    undefined,
  );
  t.after(() => opened.close());
  return { ...opened, asked };
}

test('the commits are asked for in the mirrors, and what they do not have is unavailable', async (t) => {
  const { manifests, asked } = await open(t, { folder: await makeTemporaryFolder(t) });
  const applier = {
    kind: 'Kustomization',
    metadata: { name: 'shop', namespace: 'flux-system' },
    spec: {},
  };
  const fact = await manifests.compare(
    {
      read: { tool: 'flux', applier, source: { spec: {} } },
      ...sampleVerifiedSource({
        repository: REPOSITORY,
        path: '',
        objectId: OBJECT_ID,
        claimedBy: 'last-apply',
        access: { tool: 'flux' },
      }),
      request: { operation: 'CREATE', object: { apiVersion: 'v1', kind: 'ConfigMap' } },
    },
    addMs(systemClock.monotonicMs(), 60_000),
  );
  assert.deepEqual([fact?.status, fact?.reason], ['unavailable', 'the server does not answer']);
  assert.deepEqual(asked, [OBJECT_ID]);
});

test('a folder that cannot be made is a fault', async (t) => {
  const parent = await makeTemporaryFolder(t);
  const file = join(parent, 'file');
  await writeFile(file, '');
  await assert.rejects(open(t, { folder: file }), { code: 'ENOTDIR' });
});

test('without a configured folder, the files are in the cache folder of the user', async (t) => {
  const cache = await makeTemporaryFolder(t);
  await open(t, {}, { XDG_CACHE_HOME: cache });
  assert.ok((await stat(join(cache, 'holdfast', 'mirrors', 'trees'))).isDirectory());
});
