import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { constants, getPriority } from 'node:os';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { DeliverySupervisor } from '../../../src/compose/delivery-supervisor.ts';
import { systemClock } from '../../../src/base/clock.ts';
import { configurationSchema } from '../../../src/config/schema.ts';
import { HoldfastError } from '../../../src/errors.ts';
import { startTestDelivery } from '../../support/delivery-thread.ts';
import { journalOptions, openTestJournal, sampleRecord } from '../../support/journal-samples.ts';
import { recordTelemetry } from '../../support/recording-telemetry.ts';
import { clockOf } from '../../support/simulated-time.ts';
import { makeTemporaryFolder } from '../../support/temporary-folder.ts';
import { waitUntil } from '../../support/wait-until.ts';

const DYING = new URL('../../fixtures/workers/dying-delivery.ts', import.meta.url);
const STUCK = new URL('../../fixtures/workers/stuck-delivery.ts', import.meta.url);

/** A journal and a sink that writes to a file. */
async function stage(t: TestContext, sink: object = {}) {
  const folder = await makeTemporaryFolder(t);
  const journalFolder = join(folder, 'journal');
  const file = join(folder, 'lines.jsonl');
  const { journal } = await openTestJournal(t, journalOptions(journalFolder));
  const configuration = configurationSchema.parse({
    audit: {
      journal: {},
      sinks: [{ type: 'file', name: 'lines', file, batch: { delayMs: 0 }, ...sink }],
    },
  });
  const sequences = (): readonly unknown[] =>
    existsSync(file)
      ? readFileSync(file, 'utf8')
          .trimEnd()
          .split('\n')
          .map((line): unknown => Reflect.get(Object(JSON.parse(line)), 'sequence'))
      : [];
  return { folder, journal, sequences, options: { configuration, folder: journalFolder } };
}

describe('DeliverySupervisor', () => {
  it('delivers beside the main thread, which exposes what was counted and writes what was logged', async (t) => {
    const { journal, sequences, options } = await stage(t, {
      mask: { hash: ['user.username'], key: { env: 'MASK_KEY' } },
    });
    const environment: Record<string, string> = {};
    const { delivery, telemetry } = await startTestDelivery(t, journal, {
      ...options,
      environment,
    });

    await journal.append(sampleRecord(1));
    // Without the key nothing is sent unmasked; that is a warning of the thread.
    await waitUntil(() => telemetry.entries.some(({ level }) => level === 'warn'));
    assert.deepEqual(sequences(), []);
    assert.equal(delivery.settledThrough(), 0);
    await delivery.close();
    const second = await startTestDelivery(t, journal, {
      ...options,
      environment: { MASK_KEY: 'k' },
    });
    await waitUntil(() => second.delivery.settledThrough() === 1);
    await second.delivery.close();

    assert.deepEqual(sequences(), [1]);
    const lines = await second.telemetry.exposed('holdfast_sink_entries_total{');
    assert.deepEqual(lines, ['holdfast_sink_entries_total{sink="lines",outcome="delivered"} 1']);
  });

  it(
    'lets admission go first where processors are short',
    {
      skip:
        process.platform === 'linux' ? false : 'a thread has a priority of its own on Linux only',
    },
    async (t) => {
      const { journal, options } = await stage(t);
      const { delivery } = await startTestDelivery(t, journal, options);

      const own = getPriority();
      const threads = readdirSync('/proc/self/task').map((id) => getPriority(Number(id)));
      await delivery.close();

      // A process that is nice already cannot go further than the lowest priority.
      const lower = Math.min(constants.priority.PRIORITY_LOW, own + 10);
      assert.equal(threads.filter((priority) => priority === lower).length, 1);
      assert.equal(getPriority(), own);
    },
  );

  it('delivers what is left when it is closed', async (t) => {
    const { journal, sequences, options } = await stage(t, {
      batch: { delayMs: 500 },
      delivery: { closeMs: 30_000 },
    });
    const { delivery } = await startTestDelivery(t, journal, options);
    await Promise.all([1, 2, 3].map((number) => journal.append(sampleRecord(number))));

    await delivery.close();

    assert.deepEqual(sequences(), [1, 2, 3]);
    assert.equal(delivery.settledThrough(), 3);
    assert.equal(delivery.problem(), undefined);
  });

  it('rejects with the code of what cannot start, and leaves nothing running', async (t) => {
    const { folder, journal, options } = await stage(t);
    const { audit, ...rest } = options.configuration;
    const events = configurationSchema.parse({
      kubernetes: { kubeconfigFile: join(folder, 'none') },
      audit: { journal: {}, sinks: [{ type: 'kubernetesEvents', name: 'events' }] },
    });
    const configuration = { ...rest, kubernetes: events.kubernetes, audit: events.audit };

    await assert.rejects(
      startTestDelivery(t, journal, { ...options, configuration }),
      (fault) => fault instanceof HoldfastError && fault.code === 'kubeconfig_unusable',
    );
    assert.equal(audit.sinks.length, 1);
  });

  it('starts the thread again when it dies; the journal keeps what it had not delivered, and nothing is lost or doubled', async (t) => {
    const { folder, journal, sequences, options } = await stage(t);
    const dieFile = join(folder, 'die');
    const { delivery, telemetry } = await startTestDelivery(t, journal, {
      ...options,
      environment: { DIE_FILE: dieFile },
      entry: DYING,
    });
    await journal.append(sampleRecord(1));
    await waitUntil(() => delivery.settledThrough() === 1);

    writeFileSync(dieFile, '');
    await waitUntil(() => delivery.problem() !== undefined);
    const problem = delivery.problem() ?? '';
    await journal.append(sampleRecord(2));
    assert.equal(delivery.settledThrough(), 1);
    await waitUntil(() => delivery.settledThrough() === 2);

    assert.equal(
      problem,
      'the delivery thread ended: The delivery thread was asked to die (delivery_thread_ended); records wait in the journal until it runs again',
    );
    assert.deepEqual(sequences(), [1, 2]);
    assert.equal(delivery.problem(), undefined);
    assert.deepEqual(await telemetry.exposed('holdfast_delivery_thread_'), [
      'holdfast_delivery_thread_running 1',
      'holdfast_delivery_thread_restarts_total 1',
    ]);
    assert.ok(
      telemetry.entries.some(({ fields }) => fields['code'] === 'delivery_thread_ended'),
      'it is logged',
    );
  });

  it('says that the thread does not answer, ends it at last, and starts another one', async (t) => {
    const { journal, options } = await stage(t);
    const telemetry = recordTelemetry();
    let nowMs = 0;
    const delivery = new DeliverySupervisor(
      { ...options, environment: {}, replica: 'holdfast-0', entry: STUCK },
      { journal, clock: clockOf(() => nowMs), ...telemetry },
    );
    await delivery.start();

    nowMs = 11_000;
    assert.equal(
      delivery.problem(),
      'the delivery thread has not answered for 11 s; records wait in the journal',
    );
    nowMs = 61_000;
    await waitUntil(async () => {
      const [restarts] = await telemetry.exposed('holdfast_delivery_thread_restarts_total ');
      return restarts === 'holdfast_delivery_thread_restarts_total 1';
    });

    await waitUntil(() => delivery.problem() === undefined);
    // Closing would wait for the rest of what sinks have to deliver: this one has died meanwhile.
    nowMs += 60_000;
    await waitUntil(() => delivery.problem() !== undefined);
    await delivery.close();
  });

  it('refuses to start where the thread has no script', async (t) => {
    const { journal, options } = await stage(t);
    const delivery = new DeliverySupervisor(
      {
        ...options,
        environment: {},
        replica: 'holdfast-0',
        entry: new URL('../../fixtures/workers/none.ts', import.meta.url),
      },
      { journal, clock: systemClock, ...recordTelemetry() },
    );

    await assert.rejects(
      delivery.start(),
      (fault) => fault instanceof HoldfastError && fault.code === 'delivery_thread_ended',
    );
  });
});
