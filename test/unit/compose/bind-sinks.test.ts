import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { bindSinks, describeProcess } from '../../../src/compose/bind-sinks.ts';
import { systemClock } from '../../../src/base/clock.ts';
import { HoldfastError } from '../../../src/errors.ts';
import { configurationSchema } from '../../../src/config/schema.ts';
import { MemoryJournal } from '../../support/memory-journal.ts';
import { recordTelemetry } from '../../support/recording-telemetry.ts';
import { makeTemporaryFolder } from '../../support/temporary-folder.ts';

const UNBOUNDED = { enter: async () => undefined };

test('bindSinks() of no sinks needs no entry', async () => {
  const bound = await bindSinks(configurationSchema.parse({}), {
    journal: new MemoryJournal(),
    clock: systemClock,
    environment: {},
    processor: UNBOUNDED,
    ...recordTelemetry(),
  });

  assert.equal(bound.settledThrough(), Number.MAX_SAFE_INTEGER);
  assert.equal(bound.problem(), undefined);
  await bound.close();
});

test('bindSinks() leaves nothing running where a sink cannot be made', async (t) => {
  const folder = await makeTemporaryFolder(t);
  const journal = new MemoryJournal();
  const configuration = configurationSchema.parse({
    kubernetes: { kubeconfigFile: join(folder, 'none') },
    audit: {
      journal: {},
      sinks: [
        { type: 'file', name: 'lines', file: join(folder, 'lines.jsonl') },
        { type: 'kubernetesEvents', name: 'events' },
      ],
    },
  });

  await assert.rejects(
    bindSinks(configuration, {
      journal,
      clock: systemClock,
      environment: {},
      processor: UNBOUNDED,
      ...recordTelemetry(),
    }),
    (error) => error instanceof HoldfastError && error.code === 'kubeconfig_unusable',
  );

  assert.equal(journal.listeners, 0);
});

test('describeProcess() calls the replica as its pod is called, else as the host', () => {
  const parts = { clock: systemClock, logger: recordTelemetry().logger };

  assert.equal(describeProcess('a', { ...parts, environment: {} }).replica, hostname());
  assert.equal(describeProcess('a', { ...parts, environment: { POD_NAME: 'p' } }).replica, 'p');
});

/** A process that binds a sink to its standard output, and ends when everything is settled. */
const PROGRAM = `
import { bindSinks } from '${new URL('../../../src/compose/bind-sinks.ts', import.meta.url).href}';
import { systemClock } from '${new URL('../../../src/base/clock.ts', import.meta.url).href}';
import { configurationSchema } from '${new URL('../../../src/config/schema.ts', import.meta.url).href}';
import { MemoryJournal } from '${new URL('../../support/memory-journal.ts', import.meta.url).href}';
import { recordTelemetry } from '${new URL('../../support/recording-telemetry.ts', import.meta.url).href}';
import { waitUntil } from '${new URL('../../support/wait-until.ts', import.meta.url).href}';
const journal = new MemoryJournal();
journal.append(500);
const sinks = [{ type: 'stdout', name: 'out', batch: { delayMs: 0 } }];
const configuration = configurationSchema.parse({ audit: { journal: {}, sinks } });
const bound = await bindSinks(configuration, {
  journal, clock: systemClock, environment: {}, processor: { enter: async () => {} }, ...recordTelemetry(),
});
await waitUntil(() => bound.settledThrough() === 500, 60_000);
await bound.close();
`;

test('bindSinks() writes every record to standard output, though its reader is slow', async () => {
  const child = spawn(process.execPath, ['--input-type=module', '--eval', PROGRAM], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const chunks: string[] = [];
  child.stdout.setEncoding('utf8');
  for await (const chunk of child.stdout) {
    chunks.push(String(chunk));
    await new Promise(setImmediate);
  }
  if (child.exitCode === null) await once(child, 'exit');

  const lines = chunks.join('').trimEnd().split('\n');
  assert.deepEqual(
    lines.map((line) => (JSON.parse(line) as { sequence: number }).sequence),
    Array.from({ length: 500 }, (_, index) => index + 1),
  );
  assert.equal(child.exitCode, 0);
});
