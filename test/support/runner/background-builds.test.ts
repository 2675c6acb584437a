/** Build processes that do as each test says, in place of the one that builds. */
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { makeTemporaryFolder } from '../temporary-folder.ts';
import { waitUntil } from '../wait-until.ts';
import { startBuilds } from './background-builds.ts';
import type { BackgroundBuilds } from './background-builds.ts';
import type { ProgramName } from '../assets/programs.ts';

const LIMIT_MS = 60_000;

interface Started {
  readonly builds: BackgroundBuilds;
  readonly folder: string;
  readonly printed: readonly string[];
}

/** Runs `text` as the build process, in a folder of its own. */
async function start(
  t: TestContext,
  programs: readonly ProgramName[],
  text: string,
): Promise<Started> {
  const folder = await makeTemporaryFolder(t, {
    'process.mjs': `import { existsSync, writeFileSync } from 'node:fs';
      const folder = import.meta.dirname;
      const ready = (program, tookMs = 1) => process.send({ status: 'ready', program, tookMs });
      const failed = (program, reason) => process.send({ status: 'failed', program, reason });
      const untilThere = (name) => new Promise((resolve) => {
        const timer = setInterval(() => {
          if (!existsSync(folder + '/' + name)) return;
          clearInterval(timer);
          resolve();
        }, 5);
      });
      ${text}`,
  });
  const printed: string[] = [];
  const module = join(folder, 'process.mjs');
  const builds = startBuilds(programs, { module, print: (line) => printed.push(line) });
  t.after(builds.stop);
  return { builds, folder, printed };
}

test('startBuilds() of nothing starts no process, and nobody waits', async () => {
  const builds = startBuilds([], { module: '/nowhere', print: () => undefined });

  assert.deepEqual(await builds.wait([]), []);
});

test('a stage waits for what it needs, and for nothing else', async (t) => {
  const { builds, folder, printed } = await start(
    t,
    ['opa', 'flux'],
    "ready('opa', 5000); await untilThere('go'); console.log('building flux'); await untilThere('read'); ready('flux', 60_000); process.disconnect();",
  );

  assert.deepEqual(await builds.wait(['opa']), []);
  assert.deepEqual(builds.builds(), [{ status: 'ready', program: 'opa', tookMs: 5000 }]);
  const waiting = builds.wait(['opa', 'flux']);
  await writeFile(join(folder, 'go'), '');
  await waitUntil(() => printed.length > 0, LIMIT_MS);
  await writeFile(join(folder, 'read'), '');
  await waiting;

  assert.deepEqual(
    builds.builds().map(({ program }) => program),
    ['opa', 'flux'],
  );
  assert.deepEqual(printed, ['building flux']);
});

test('what is found in the cache was not built', async (t) => {
  const { builds } = await start(t, ['opa'], "ready('opa', 3); process.disconnect();");

  await builds.wait(['opa']);

  assert.deepEqual(builds.builds(), []);
});

test('a program that cannot be had fails those who need it, with the reason', async (t) => {
  const { builds } = await start(
    t,
    ['rsyslogd', 'loki'],
    "failed('rsyslogd', 'Install it'); ready('loki'); process.disconnect();",
  );

  await assert.rejects(builds.wait(['rsyslogd']), {
    message: 'Cannot have rsyslogd: Install it',
  });
  assert.deepEqual(await builds.wait(['loki']), []);
});

test('a build process that ends early fails those who wait, with its last words', async (t) => {
  const { builds } = await start(t, ['opa'], "console.error('out of memory'); process.exit(3);");

  await assert.rejects(builds.wait(['opa']), {
    message: 'Cannot have opa: the build process ended with exit code 3: out of memory',
  });
});

test('what is still being built ends with the run, and what builds it', async (t) => {
  const { builds, folder } = await start(
    t,
    ['opa'],
    `process.on('disconnect', () => { writeFileSync(folder + '/ended', ''); process.exit(); });
     writeFileSync(folder + '/begun', ''); setInterval(() => undefined, 1000);`,
  );
  await waitUntil(() => existsSync(join(folder, 'begun')), LIMIT_MS);

  builds.stop();

  await assert.rejects(builds.wait(['opa']));
  assert.equal(existsSync(join(folder, 'ended')), true);
});
