import assert from 'node:assert/strict';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { type MonotonicMs, addMs, systemClock } from '../../../src/base/clock.ts';
import { bindJournal, type BoundJournal } from '../../../src/compose/bind-journal.ts';
import { parseConfiguration } from '../../../src/config/parse-configuration.ts';
import { HoldfastError } from '../../../src/errors.ts';
import { sampleRecord } from '../../support/journal-samples.ts';
import { recordTelemetry } from '../../support/recording-telemetry.ts';
import { makeTemporaryFolder } from '../../support/temporary-folder.ts';

async function bind(test: TestContext, folder: string, audit: string): Promise<BoundJournal> {
  const text = `{ cluster: { name: test }, audit: ${audit} }\n`;
  const parsed = parseConfiguration(text, { file: 'holdfast.yaml', folder });
  assert.ok(parsed.ok);
  const { logger, metrics } = recordTelemetry();
  const parts = { clock: systemClock, logger, metrics, replica: 'holdfast-0' };
  const bound = await bindJournal(parsed.configuration, parts);
  test.after(() => bound.journal?.close());
  return bound;
}

function later(): MonotonicMs {
  return addMs(systemClock.monotonicMs(), 10_000);
}

describe('bindJournal()', () => {
  it('keeps records in the log where no journal is configured', async (test) => {
    const folder = await makeTemporaryFolder(test);

    const { journal, recorder } = await bind(test, folder, '{}');

    assert.equal(journal, undefined);
    assert.deepEqual(await recorder.record(sampleRecord(), later()), {});
  });

  it('waits for the disk by default, and not where the configuration says so', async (test) => {
    const waiting = await bind(test, await makeTemporaryFolder(test), '{ journal: {} }');
    const asynchronous = await bind(
      test,
      await makeTemporaryFolder(test),
      '{ journal: { durability: async } }',
    );

    assert.equal((await waiting.recorder.record(sampleRecord(), later())).place?.sequence, 1);
    const kept = await asynchronous.recorder.record(sampleRecord(), later());
    assert.equal(kept.place, undefined);
  });

  it('hides values with a key that stays in the folder of the journal', async (test) => {
    const folder = await makeTemporaryFolder(test);
    const first = await bind(test, folder, '{ journal: {} }');
    await first.journal?.close();
    const second = await bind(test, folder, '{ journal: {} }');

    assert.equal(first.hider.hide('x'), second.hider.hide('x'));
    const file = join(folder, 'data', 'journal', 'hide-key');
    assert.equal((await stat(file)).mode & 0o777, 0o600);
    assert.equal(Buffer.from(await readFile(file, 'utf8'), 'base64').length, 32);
  });

  it('hides values with a configured key, the same on every replica', async (test) => {
    const files = { key: 'k'.repeat(32) };
    const one = await makeTemporaryFolder(test, files);
    const two = await makeTemporaryFolder(test, files);

    const first = await bind(test, one, '{ hide: { keyFile: key } }');
    const second = await bind(test, two, '{ journal: {}, hide: { keyFile: key } }');

    assert.equal(first.hider.hide('x'), second.hider.hide('x'));
  });

  for (const [what, files] of [
    ['is too short', { key: 'short' }],
    ['is not there', {}],
  ] as const) {
    it(`refuses a key that ${what}, and leaves nothing running`, async (test) => {
      const folder = await makeTemporaryFolder(test, files);

      await assert.rejects(
        bind(test, folder, '{ journal: {}, hide: { keyFile: key } }'),
        (fault) => fault instanceof HoldfastError && fault.code === 'journal_key_unusable',
      );
      // The folder is free again.
      await bind(test, folder, '{ journal: {} }');
    });
  }
});
