import assert from 'node:assert/strict';
import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { bindMirrors } from '../../../src/compose/bind-mirrors.ts';
import { mirrorsSchema } from '../../../src/source/mirror/settings.ts';
import { recordTelemetry } from '../../support/recording-telemetry.ts';
import { makeTemporaryFolder } from '../../support/temporary-folder.ts';

const { metrics } = recordTelemetry();

/** Which of the two folders have been prepared: the configured one and the one of the cache. */
async function bind(t: TestContext, isConfigured: boolean): Promise<readonly boolean[]> {
  const root = await makeTemporaryFolder(t);
  const configured = join(root, 'configured');
  const mirrors = await bindMirrors({
    settings: mirrorsSchema.parse(isConfigured ? { folder: configured } : {}),
    metrics,
    environment: { PATH: process.env['PATH'], XDG_CACHE_HOME: join(root, 'cache') },
  });
  mirrors.close();
  return await Promise.all([
    isPrepared(configured),
    isPrepared(join(root, 'cache/holdfast/mirrors')),
  ]);
}

async function isPrepared(folder: string): Promise<boolean> {
  return await access(join(folder, 'local.config')).then(
    () => true,
    () => false,
  );
}

test('bindMirrors() keeps the mirrors in the folder of the configuration', async (t) => {
  assert.deepEqual(await bind(t, true), [true, false]);
});

test('bindMirrors() keeps the mirrors in the cache of the person where the configuration names no folder', async (t) => {
  assert.deepEqual(await bind(t, false), [false, true]);
});

test('bindMirrors() refuses a machine without git', async () => {
  const settings = mirrorsSchema.parse({});

  await assert.rejects(bindMirrors({ settings, metrics, environment: { PATH: '/nonexistent' } }), {
    code: 'git_unavailable',
  });
});
