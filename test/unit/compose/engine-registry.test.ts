import assert from 'node:assert/strict';
import { join } from 'node:path';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { describe, it, type TestContext } from 'node:test';
import type { Worker } from 'node:worker_threads';
import { systemWait } from '../../../src/base/wait.ts';
import { EngineRegistry } from '../../../src/compose/engine-registry.ts';
import { RETIRED_MAX } from '../../../src/compose/retired-threads.ts';
import { defaultConfiguration } from '../../../src/config/parse-configuration.ts';
import type { Configuration } from '../../../src/config/schema.ts';
import { RefusedConfiguration } from '../../../src/config/refused-configuration.ts';
import { loadBundle } from '../../../src/policy/load-bundle.ts';
import { policiesSchema } from '../../../src/policy/settings.ts';
import { copyBundle } from '../../support/copy-bundle.ts';
import { bundleFolder, policyText } from '../../support/policy-bundles.ts';
import { recordTelemetry, type RecordingTelemetry } from '../../support/recording-telemetry.ts';
import { makeTemporaryFolder } from '../../support/temporary-folder.ts';
import { waitUntil } from '../../support/wait-until.ts';

/** A worker and its spare. */
const THREADS_OF_ENGINE = 2;

const nothing = (): Promise<void> => Promise.resolve();

interface Stage {
  readonly registry: EngineRegistry;
  readonly configurationOf: (
    bundle: string,
    policies?: Partial<Configuration['policies']>,
  ) => Configuration;
  /** The log. */
  readonly told: RecordingTelemetry;
  /** A bundle of the same policies whose manifest says something else, so that its revision is another one. */
  readonly bundleOf: (description: string) => Promise<string>;
  /** Threads that were started and have not ended. */
  readonly threads: () => number;
  /** Ends the time of everything that is retired. */
  readonly letTimePass: () => void;
}

async function prepare(test: TestContext): Promise<Stage> {
  const folder = await makeTemporaryFolder(test, {
    'policies/sample/sample.rego': policyText(),
  });
  const built = await bundleFolder(join(folder, 'policies'));
  const running = new Set<Worker>();
  const onThread = (message: unknown): void => {
    const { worker } = message as { readonly worker: Worker };
    running.add(worker);
    worker.once('exit', () => running.delete(worker));
  };
  subscribe('worker_threads', onThread);
  const passing: (() => void)[] = [];
  const told = recordTelemetry();
  const { logger, metrics } = told;
  const registry = new EngineRegistry(
    {},
    {
      logger,
      metrics,
      wait: (_delayMs, signal) =>
        Promise.race([
          systemWait(60_000, signal),
          new Promise<void>((resolve) => passing.push(resolve)),
        ]),
    },
  );
  test.after(async () => {
    await registry.close();
    unsubscribe('worker_threads', onThread);
  });
  const defaults = defaultConfiguration(folder);
  return {
    registry,
    told,
    configurationOf: (bundle, policies = {}) => ({
      ...defaults,
      engine: { ...defaults.engine, workers: 1 },
      policies: { ...defaults.policies, ...policies, bundle },
    }),
    bundleOf: (description) => copyBundle(built, join(folder, description)),
    threads: () => running.size,
    letTimePass: () => {
      for (const resolve of passing.splice(0)) resolve();
    },
  };
}

describe('EngineRegistry', () => {
  it('gives the running engine for a bundle that has not changed, and starts nothing', async (test) => {
    const { registry, configurationOf, bundleOf, threads } = await prepare(test);
    const configuration = configurationOf(await bundleOf('first'));
    const first = await registry.load(configuration);
    await waitUntil(() => threads() === THREADS_OF_ENGINE);

    for (let reload = 0; reload < 50; reload += 1) {
      assert.equal(await registry.replace(configuration, nothing), first);
    }
    assert.equal(threads(), THREADS_OF_ENGINE);
  });

  it('keeps few engines however often the policies change within the time of a review', async (test) => {
    const { registry, configurationOf, bundleOf, threads } = await prepare(test);
    await registry.load(configurationOf(await bundleOf('first')));
    for (let reload = 0; reload < 4; reload += 1) {
      await registry.replace(configurationOf(await bundleOf(`reload-${reload}`)), nothing);
    }
    await waitUntil(() => threads() === (1 + RETIRED_MAX) * THREADS_OF_ENGINE);
  });

  it('closes each engine at its own time, also where policies go on changing', async (test) => {
    const { registry, configurationOf, bundleOf, threads, letTimePass } = await prepare(test);
    await registry.load(configurationOf(await bundleOf('first')));
    await registry.replace(configurationOf(await bundleOf('second')), nothing);
    letTimePass();
    await registry.replace(configurationOf(await bundleOf('third')), nothing);
    await waitUntil(() => threads() === 2 * THREADS_OF_ENGINE);
    letTimePass();
    await waitUntil(() => threads() === THREADS_OF_ENGINE);
  });

  it('keeps an engine that comes into force again before it is closed', async (test) => {
    const { registry, configurationOf, bundleOf, threads, letTimePass } = await prepare(test);
    const configuration = configurationOf(await bundleOf('first'));
    const first = await registry.load(configuration);
    await registry.replace(configurationOf(await bundleOf('second')), nothing);
    assert.equal(await registry.replace(configuration, nothing), first);
    letTimePass();
    await waitUntil(() => threads() === THREADS_OF_ENGINE);
    assert.equal(await registry.load(configuration), first);
  });

  it('refuses settings that its policies do not have, and goes on with those in force', async (test) => {
    const { registry, configurationOf, bundleOf, told } = await prepare(test);
    const bundle = await bundleOf('first');
    const first = await registry.load(configurationOf(bundle));
    const { settings } = policiesSchema.parse({
      settings: { sample: { parameters: { limt: 1 } }, sampel: { mode: 'warn' } },
    });
    const misspelt = configurationOf(bundle, { settings });

    await assert.rejects(
      registry.replace(misspelt, nothing),
      (error) =>
        error instanceof RefusedConfiguration &&
        error.message ===
          'policies.settings.sample.parameters.limt: The policy "sample" has no parameter "limt". It has none',
    );
    const next = await loadBundle(await bundleOf('second'));
    await assert.rejects(registry.prepare(next, misspelt), RefusedConfiguration);
    assert.equal(await registry.load(configurationOf(bundle)), first);
    assert.deepEqual(
      told.entries.filter(({ level }) => level === 'warn').map(({ message }) => message),
      ['There is no policy "sampel"', 'There is no policy "sampel"'],
    );
  });

  it('closes a new engine whose configuration was not put into force', async (test) => {
    const { registry, configurationOf, bundleOf, threads, letTimePass } = await prepare(test);
    const configuration = configurationOf(await bundleOf('first'));
    const first = await registry.load(configuration);
    const unusable = configurationOf(await bundleOf('second'));
    const refuse = (): Promise<void> => Promise.reject(new Error('unusable'));
    await assert.rejects(registry.replace(unusable, refuse), { message: 'unusable' });
    letTimePass();
    await waitUntil(() => threads() === THREADS_OF_ENGINE);
    assert.equal(await registry.load(configuration), first);
  });
});
