import assert from 'node:assert/strict';
import { rename, symlink, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { loadConfiguration } from '../../../src/config/load.ts';
import { RefusedConfiguration } from '../../../src/config/refused-configuration.ts';
import { watchConfiguration, type ReloadOptions } from '../../../src/config/reload.ts';
import { makeTemporaryFolder } from '../../support/temporary-folder.ts';
import { waitUntil } from '../../support/wait-until.ts';

const named = (name: string): string => `cluster: { name: ${name} }\n`;

/** Long enough that nothing looks at the file unless the test asks. */
const NEVER_MS = 600_000;

/** Starts watching a file, and keeps what is heard. */
async function start(t: TestContext, file: string, options: Partial<ReloadOptions> = {}) {
  const loaded = await loadConfiguration(file);
  assert.ok(loaded.ok);
  const heard: string[] = [];
  const reloader = await watchConfiguration(loaded, {
    apply: () => Promise.resolve(),
    observer: {
      applied: ({ configuration }, restart) =>
        void heard.push([`applied ${configuration.cluster.name}`, ...restart].join(' ')),
      rejected: (problems) => void heard.push(`rejected ${problems[0]?.message ?? ''}`),
    },
    settleMs: NEVER_MS,
    pollMs: NEVER_MS,
    ...options,
  });
  t.after(() => reloader.close());
  return { reloader, heard, name: () => reloader.current().configuration.cluster.name };
}

test('a changed file comes into force without being asked', async (t) => {
  const folder = await makeTemporaryFolder(t, { 'h.yaml': named('a') });
  const file = join(folder, 'h.yaml');
  const { heard, name } = await start(t, file, { settleMs: 1 });

  await writeFile(file, named('b'));

  await waitUntil(() => name() === 'b');
  assert.equal(heard.at(-1), 'applied b cluster.name');
});

test('a file that is replaced by a rename comes into force', async (t) => {
  const folder = await makeTemporaryFolder(t, { 'h.yaml': named('a'), new: named('b') });
  const { name } = await start(t, join(folder, 'h.yaml'), { settleMs: 1 });

  await rename(join(folder, 'new'), join(folder, 'h.yaml'));

  await waitUntil(() => name() === 'b');
});

test('a ConfigMap that Kubernetes swaps comes into force', async (t) => {
  const folder = await makeTemporaryFolder(t, {
    '..1/h.yaml': named('a'),
    '..2/h.yaml': named('b'),
  });
  await symlink('..1', join(folder, '..data'));
  await symlink('..data/h.yaml', join(folder, 'h.yaml'));
  const { name } = await start(t, join(folder, 'h.yaml'), { settleMs: 1 });

  await symlink('..2', join(folder, '..data_tmp'));
  await rename(join(folder, '..data_tmp'), join(folder, '..data'));

  await waitUntil(() => name() === 'b');
});

test('a change that no event tells of is found by the slow look', async (t) => {
  const folder = await makeTemporaryFolder(t, { 'elsewhere/h.yaml': named('a') });
  await mkdir(join(folder, 'mounted'));
  await symlink('../elsewhere/h.yaml', join(folder, 'mounted', 'h.yaml'));
  const { name } = await start(t, join(folder, 'mounted', 'h.yaml'), { pollMs: 5 });

  await writeFile(join(folder, 'elsewhere', 'h.yaml'), named('b'));

  await waitUntil(() => name() === 'b');
});

test('a change between loading and watching is not missed', async (t) => {
  const folder = await makeTemporaryFolder(t, { 'h.yaml': named('a') });
  const file = join(folder, 'h.yaml');
  const loaded = await loadConfiguration(file);
  assert.ok(loaded.ok);
  await writeFile(file, named('b'));

  const reloader = await watchConfiguration(loaded, {
    apply: () => Promise.resolve(),
    observer: { applied: () => undefined, rejected: () => undefined },
  });
  t.after(() => reloader.close());

  assert.equal(reloader.current().configuration.cluster.name, 'b');
});

test('a bad file leaves the last good configuration in force, and is told once', async (t) => {
  const folder = await makeTemporaryFolder(t, { 'h.yaml': named('a') });
  const file = join(folder, 'h.yaml');
  const { reloader, heard, name } = await start(t, file);
  const good = reloader.current();

  await writeFile(file, 'clutser: {}\n');
  await reloader.check();
  await reloader.check();

  assert.equal(reloader.current(), good);
  assert.equal(reloader.lastError()?.[0]?.message, 'Unknown key "clutser"');
  assert.deepEqual(heard, ['rejected Unknown key "clutser"']);

  await writeFile(file, named('b'));
  await reloader.check();

  assert.equal(name(), 'b');
  assert.equal(reloader.lastError(), undefined);
});

test('an emptied file is a bad file, not a configuration of defaults', async (t) => {
  const folder = await makeTemporaryFolder(t, { 'h.yaml': named('a') });
  const file = join(folder, 'h.yaml');
  const { reloader, name } = await start(t, file);

  await writeFile(file, '');
  await reloader.check();

  assert.equal(name(), 'a');
  assert.equal(reloader.lastError()?.[0]?.message, 'The file is empty');
});

test('a file that is mended to what is in force clears the error and applies nothing', async (t) => {
  const folder = await makeTemporaryFolder(t, { 'h.yaml': named('a') });
  const file = join(folder, 'h.yaml');
  const { reloader, heard } = await start(t, file);
  await writeFile(file, 'bad');
  await reloader.check();

  await writeFile(file, `# mended\n${named('a')}`);
  await reloader.check();

  assert.equal(reloader.lastError(), undefined);
  assert.equal(heard.filter((line) => line.startsWith('applied')).length, 0);
});

test('settings that are bound at start are named, until they are as they were', async (t) => {
  const folder = await makeTemporaryFolder(t, { 'h.yaml': named('a') });
  const file = join(folder, 'h.yaml');
  const { reloader, heard } = await start(t, file);

  await writeFile(file, `${named('b')}server: { port: 1 }\n`);
  await reloader.check();
  await writeFile(file, `${named('c')}server: { port: 1 }\n`);
  await reloader.check();
  await writeFile(file, named('d'));
  await reloader.check();

  assert.deepEqual(heard, [
    'applied b cluster.name server.port',
    'applied c cluster.name server.port',
    'applied d cluster.name',
  ]);
});

test('a valid file that cannot come into force changes nothing', async (t) => {
  const folder = await makeTemporaryFolder(t, { 'h.yaml': named('a') });
  const file = join(folder, 'h.yaml');
  const apply = () => Promise.reject(new Error('No such policy'));
  const { reloader, name } = await start(t, file, { apply });

  await writeFile(file, named('b'));
  await reloader.check();

  assert.equal(name(), 'a');
  const message = 'Cannot put the configuration into force: No such policy';
  assert.deepEqual(reloader.lastError(), [{ file, line: 1, column: 1, path: '', message }]);
});

test('what does not fit the policies is named with its line', async (t) => {
  const folder = await makeTemporaryFolder(t, { 'h.yaml': named('a') });
  const file = join(folder, 'h.yaml');
  const problem = {
    path: ['policies', 'settings', 'p', 'parameters', 'limt'],
    message: 'The policy "p" has no parameter "limt"',
    remedy: 'Did you mean "limit"?',
  };
  const apply = () => Promise.reject(new RefusedConfiguration([problem]));
  const { reloader, name } = await start(t, file, { apply });

  const settings = 'policies:\n  settings:\n    p: { parameters: { limt: 1 } }\n';
  await writeFile(file, `${named('b')}${settings}`);
  await reloader.check();

  assert.equal(name(), 'a');
  const path = 'policies.settings.p.parameters.limt';
  assert.deepEqual(reloader.lastError(), [{ ...problem, file, line: 4, column: 24, path }]);
});

test('a configuration without a file is never reloaded', async (t) => {
  const { loadDefaults } = await import('../../../src/config/load.ts');
  const folder = await makeTemporaryFolder(t);
  const defaults = loadDefaults(folder);
  const reloader = await watchConfiguration(defaults, {
    apply: () => Promise.reject(new Error('never called')),
    observer: { applied: () => undefined, rejected: () => undefined },
  });

  await reloader.check();
  await reloader.close();

  assert.equal(reloader.current(), defaults);
  assert.equal(reloader.lastError(), undefined);
});

test('a closed reloader applies nothing more', async (t) => {
  const folder = await makeTemporaryFolder(t, { 'h.yaml': named('a') });
  const file = join(folder, 'h.yaml');
  const { reloader, heard, name } = await start(t, file);

  await reloader.close();
  await writeFile(file, named('b'));
  await reloader.check();

  assert.equal(name(), 'a');
  assert.deepEqual(heard, []);
});
