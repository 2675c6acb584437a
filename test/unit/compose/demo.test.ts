import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { it } from 'node:test';
import { startDemo } from '../../../src/compose/demo.ts';
import { RECORDED_DAY_FOLDER } from '../../../src/compose/recorded-day.ts';
import { loadConfiguration } from '../../../src/config/load.ts';
import { bundleFolder } from '../../support/policy-bundles.ts';
import { makeTemporaryFolder } from '../../support/temporary-folder.ts';

it('startDemo() makes certificates, and answers every review of the recorded day as it is recorded', async (test) => {
  const configuration = (
    await readFile(join(RECORDED_DAY_FOLDER, 'holdfast.yaml'), 'utf8')
  ).replaceAll('../../certs/', 'certs/');
  const folder = await makeTemporaryFolder(test, { 'holdfast.yaml': configuration });
  const loaded = await loadConfiguration(join(folder, 'holdfast.yaml'));
  assert.ok(loaded.ok);
  const progress: string[] = [];
  const demo = await startDemo({
    loaded,
    dayFile: join(RECORDED_DAY_FOLDER, 'recorded-day.json'),
    environment: process.env,
    version: '1.2.3',
    defaultBundleFolder: await bundleFolder(),
    progress: (line) => void progress.push(line),
  });
  test.after(() => demo.stop());

  const unexpected: string[] = [];
  let replayed = 0;
  for await (const { recorded, allowed, message } of demo.play()) {
    replayed += 1;
    if (allowed !== (recorded.expect === 'allow')) {
      unexpected.push(`${recorded.action}: ${message}`);
    }
  }

  assert.deepEqual(unexpected, []);
  assert.ok(replayed >= 40);
  assert.match(demo.url, /^https:\/\/127\.0\.0\.1:\d+$/u);
  assert.match(demo.operationsUrl, /^http:\/\/127\.0\.0\.1:\d+$/u);
  assert.ok(progress.some((line) => line.startsWith('Made development certificates: ')));
  const sample: { readonly kind: string } = JSON.parse(await readFile(demo.reviewFile, 'utf8'));
  assert.equal(sample.kind, 'AdmissionReview');
});
