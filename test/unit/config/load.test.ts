import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { hashConfiguration, loadConfiguration, loadDefaults } from '../../../src/config/load.ts';
import { defaultConfiguration } from '../../../src/config/parse-configuration.ts';
import { makeTemporaryFolder } from '../../support/temporary-folder.ts';

const WRITER =
  'identity: { writers: [{ name: a, username: "system:serviceaccount:flux-system:a", tool: flux }] }\n';

test('loadConfiguration() loads a file, with paths relative to its folder', async (t) => {
  const folder = await makeTemporaryFolder(t, { 'h.yaml': `${WRITER}policies: { bundle: b }\n` });
  const file = join(folder, 'h.yaml');

  const loaded = await loadConfiguration(file);

  assert.equal(loaded.ok && loaded.file, file);
  assert.equal(loaded.ok && loaded.configuration.policies.bundle, join(folder, 'b'));
  assert.deepEqual(loaded.ok && loaded.warnings, []);
});

test('the hash of a configuration tells its meaning, not its spelling', async (t) => {
  const folder = await makeTemporaryFolder(t, {
    'a.yaml': 'log: { level: warn }\ncluster: { name: c, frozen: false }\n',
    'b.yaml': '# the same\ncluster:\n  name: "c"\nlog:\n  level: warn\n',
    'c.yaml': 'log: { level: warn }\ncluster: { name: d }\n',
  });
  const [a, b, c] = await Promise.all(
    ['a.yaml', 'b.yaml', 'c.yaml'].map(async (name) => {
      const loaded = await loadConfiguration(join(folder, name));
      return loaded.ok ? loaded.hash : 'invalid';
    }),
  );

  assert.match(a ?? '', /^[0-9a-f]{64}$/u);
  assert.equal(a, b);
  assert.notEqual(a, c);
});

test('loadDefaults() has no file, and the hash of an empty section', async (t) => {
  const folder = await makeTemporaryFolder(t, { 'h.yaml': '{}' });

  const defaults = loadDefaults(folder);
  const empty = await loadConfiguration(join(folder, 'h.yaml'));

  assert.equal(defaults.file, undefined);
  assert.equal(empty.ok && empty.hash, defaults.hash);
});

test('loadConfiguration() tells what is wrong by the shown name', async (t) => {
  const folder = await makeTemporaryFolder(t, {
    'bad.yaml': 'logs: {}',
    'latin1.yaml': '',
    'large.yaml': `# ${'x'.repeat(1024 * 1024)}`,
  });
  const { writeFile } = await import('node:fs/promises');
  await writeFile(join(folder, 'latin1.yaml'), Buffer.from([0x61, 0x3a, 0xe4]));
  const unreadable = { line: 1, column: 1, path: '', remedy: 'Check the path and its permissions' };

  for (const [name, code, problem] of [
    [
      'bad.yaml',
      'configuration_invalid',
      { line: 1, column: 1, path: 'logs', message: 'Unknown key "logs"', remedy: undefined },
    ],
    [
      'none.yaml',
      'configuration_unreadable',
      { ...unreadable, message: 'Cannot read the configuration: there is no such file' },
    ],
    [
      'latin1.yaml',
      'configuration_unreadable',
      { ...unreadable, message: 'Cannot read the configuration: it is not UTF-8' },
    ],
    [
      'large.yaml',
      'configuration_unreadable',
      { ...unreadable, message: 'Cannot read the configuration: it is larger than 1048576 bytes' },
    ],
  ] as const) {
    const loaded = await loadConfiguration(join(folder, name), name);
    assert.ok(!loaded.ok);
    assert.equal(loaded.code, code);
    const [first] = loaded.problems;
    assert.deepEqual(
      { ...first, remedy: problem.remedy === undefined ? undefined : first?.remedy },
      { file: name, ...problem },
    );
  }
});

test('hashConfiguration() tells two configurations apart, and the same one never', () => {
  const one = defaultConfiguration('/a');
  const other = { ...one, cluster: { ...one.cluster, name: 'other' } };

  assert.equal(hashConfiguration(one), hashConfiguration(defaultConfiguration('/a')));
  assert.notEqual(hashConfiguration(one), hashConfiguration(other));
});
