/**
 * Changes of the configuration under load in a container of the shipped size: each is put into force, no review is refused for
 * it, and what earlier configurations have started does not add up.
 */
import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { RETIRED_MAX } from '../../src/compose/retired-threads.ts';
import { MIB, skipWithoutMemoryGroup, startContained } from '../support/contained-holdfast.ts';
import { copyBundle } from '../support/copy-bundle.ts';
import { heavyReview } from '../support/heavy-reviews.ts';
import { bundleFolder } from '../support/policy-bundles.ts';
import { waitUntil } from '../support/wait-until.ts';

const RELOADS = 30;
/** Each so many changes come with other policies, whose engine has threads and memories of its own. */
const RELOADS_OF_BUNDLE = 5;
/** Two workers and a spare. */
const THREADS_OF_ENGINE = 3;
const LOADED = 'holdfast_configuration_reloads_total{outcome="loaded"}';
const CLIENTS = 2;
const REVIEW_BYTES = 2000;
const ALLOWED =
  '200 {"apiVersion":"admission.k8s.io/v1","kind":"AdmissionReview","response":{"uid":"u","allowed":true';

test(
  'in the shipped memory, changes of the configuration under load add up to nothing',
  { skip: skipWithoutMemoryGroup() },
  async (context) => {
    const { folder, child, group, post, configure, readMetric } = await startContained(context);
    const threads = (): number => readdirSync(`/proc/${child.pid}/task`).length;
    const review = heavyReview({ shape: String, bytes: REVIEW_BYTES, uid: 'u' });
    const answers = new Map<string, number>();
    let isOver = false;
    const loads = Array.from({ length: CLIENTS }, async () => {
      while (!isOver) {
        const beginning = (await post(review)).slice(0, ALLOWED.length);
        answers.set(beginning, (answers.get(beginning) ?? 0) + 1);
      }
    });
    await waitUntil(() => answers.size > 0);
    const threadsBefore = threads();
    let bundle = await bundleFolder();
    for (let reload = 1; reload <= RELOADS; reload += 1) {
      if (reload % RELOADS_OF_BUNDLE === 0) {
        bundle = await copyBundle(bundle, join(folder, `bundle-${reload}`));
      }
      await configure({ cluster: { name: `reload-${reload}` }, policies: { bundle } });
      await waitUntil(async () => (await readMetric(LOADED)) === reload);
    }
    isOver = true;
    await Promise.all(loads);

    assert.deepEqual([...answers.keys()], [ALLOWED]);
    // Those that were replaced last are kept for as long as a review may ask for them, whatever changes meanwhile.
    await waitUntil(() => threads() <= threadsBefore + RETIRED_MAX * THREADS_OF_ENGINE);
    assert.deepEqual([group.kills(), child.exitCode, child.signalCode], [0, null, null]);
    context.diagnostic(`${Math.round(group.peakBytes() / MIB)} MiB at most`);
  },
);
