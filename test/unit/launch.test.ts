/** The launcher as a process, in a repository of its own with an npm that writes down how it was called. */
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  appendFileSync,
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';

const launcher = join(dirname(fileURLToPath(import.meta.url)), '../../src/launch.mjs');
const folders: string[] = [];

after(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

interface Clone {
  readonly root: string;
  readonly environment: NodeJS.ProcessEnv;
}

/** A clone with the launcher, one entry, and an npm that `script` is the body of. */
function makeClone(options: { readonly main: string; readonly npm?: string }): Clone {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'holdfast-launch-')));
  folders.push(root);
  mkdirSync(join(root, 'src'));
  mkdirSync(join(root, 'bin'));
  for (const file of ['launch.mjs', 'install-lock.mjs']) {
    copyFileSync(join(dirname(launcher), file), join(root, 'src', file));
  }
  writeFileSync(join(root, 'src/main.ts'), options.main);
  writeFileSync(join(root, 'package.json'), '{ "type": "module" }');
  writeLock(root, 'sha512-1');
  const npm = options.npm ?? 'mkdir -p node_modules';
  writeFileSync(join(root, 'bin/npm'), `#!/bin/sh\necho "$@" >> npm.log\n${npm}\n`);
  chmodSync(join(root, 'bin/npm'), 0o755);
  const path = `${join(root, 'bin')}${delimiter}${process.env['PATH'] ?? ''}`;
  // Coverage of the copy would be coverage of nothing.
  return { root, environment: { ...process.env, PATH: path, NODE_V8_COVERAGE: '' } };
}

function writeLock(root: string, integrity: string): void {
  const packages = { '': {}, 'node_modules/a': { version: '1.0.0', integrity } };
  writeFileSync(join(root, 'package-lock.json'), JSON.stringify({ packages }));
}

function launch(
  clone: Clone,
  args: readonly string[],
): { readonly status: number | null; readonly stdout: string; readonly stderr: string } {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [join(clone.root, 'src/launch.mjs'), ...args],
    { cwd: clone.root, env: clone.environment, encoding: 'utf8' },
  );
  return { status, stdout, stderr };
}

function readNpmLog({ root }: Clone): readonly string[] {
  const file = join(root, 'npm.log');
  return existsSync(file) ? readFileSync(file, 'utf8').trimEnd().split('\n') : [];
}

const PRINT_ARGUMENTS = 'console.log(JSON.stringify(process.argv.slice(2)));';
const CI = 'ci --loglevel=error --no-audit --no-fund --include=dev';

test('the first run installs, says so on stderr alone, and hands the arguments on', () => {
  const clone = makeClone({ main: PRINT_ARGUMENTS });

  const result = launch(clone, ['holdfast', 'config', 'check', '--json']);

  assert.equal(result.status, 0);
  assert.equal(result.stdout, '["config","check","--json"]\n');
  assert.match(
    result.stderr,
    /^Installing npm packages \(first run in this clone; npm ci, about 20 s the first time\)\nInstalled npm packages in \d+\.\d s\n$/,
  );
  assert.deepEqual(readNpmLog(clone), [CI]);
});

test('the second run asks npm for nothing and prints nothing of its own', () => {
  const clone = makeClone({ main: PRINT_ARGUMENTS });
  launch(clone, ['holdfast']);

  const result = launch(clone, ['start']);

  assert.deepEqual(result, { status: 0, stdout: '["demo"]\n', stderr: '' });
  assert.deepEqual(readNpmLog(clone), [CI]);
});

test('a changed lock file installs again', () => {
  const clone = makeClone({ main: PRINT_ARGUMENTS });
  launch(clone, ['holdfast']);
  writeLock(clone.root, 'sha512-2');

  const result = launch(clone, ['holdfast']);

  assert.match(result.stderr, /^Installing npm packages \(package-lock.json changed;/);
  assert.deepEqual(readNpmLog(clone), [CI, CI]);
});

test('packages that the user installed with npm are not installed again', () => {
  const clone = makeClone({ main: PRINT_ARGUMENTS });
  mkdirSync(join(clone.root, 'node_modules'));
  copyFileSync(
    join(clone.root, 'package-lock.json'),
    join(clone.root, 'node_modules/.package-lock.json'),
  );

  const result = launch(clone, ['holdfast']);

  assert.equal(result.stderr, '');
  assert.deepEqual(readNpmLog(clone), []);
});

test('an installation that fails is shown whole, and nothing is started', () => {
  const clone = makeClone({ main: PRINT_ARGUMENTS, npm: 'echo "no route" >&2; exit 7' });

  const result = launch(clone, ['holdfast']);

  assert.equal(result.status, 1);
  assert.equal(result.stdout, '');
  assert.match(
    result.stderr,
    /no route\nholdfast: npm ci must succeed: found exit code 7\. Check the network and the npm registry, then run the command again\n$/,
  );
  assert.equal(readFileSync(join(clone.root, '.install.lock.1'), 'utf8'), '');
});

test('the lock of an installation that died is taken over', () => {
  const clone = makeClone({ main: PRINT_ARGUMENTS });
  const { pid } = spawnSync(process.execPath, ['--version']);
  appendFileSync(join(clone.root, '.install.lock.1'), String(pid));

  const result = launch(clone, ['holdfast']);

  assert.equal(result.status, 0);
  assert.deepEqual(readNpmLog(clone), [CI]);
});

test('an unknown mode is refused with the modes that exist', () => {
  const clone = makeClone({ main: PRINT_ARGUMENTS });

  const result = launch(clone, ['strat']);

  assert.equal(result.status, 1);
  assert.match(result.stderr, /^holdfast: Mode must be one of start, holdfast, .*: found "strat"/);
});

test('the exit code of the entry becomes the exit code', () => {
  const clone = makeClone({ main: 'process.exitCode = 42;' });

  assert.equal(launch(clone, ['holdfast']).status, 42);
});

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  test(`${signal} reaches the entry once, and its graceful end is waited for`, async () => {
    const clone = makeClone({
      main: `let count = 0;
        process.on('${signal}', () => {
          count += 1;
          setTimeout(() => { console.log('stopped', count); process.exit(3); }, 100);
        });
        setInterval(() => {}, 1000);
        console.log('ready');`,
    });
    const child = spawn(process.execPath, [join(clone.root, 'src/launch.mjs'), 'holdfast'], {
      env: clone.environment,
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    const printed: string[] = [];
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      printed.push(text);
      if (text.includes('ready')) child.kill(signal);
    });

    const end = await once(child, 'close');

    assert.deepEqual(end, [3, null]);
    assert.equal(printed.join(''), 'ready\nstopped 1\n');
  });
}

test('an entry that dies of a signal ends the launcher in the same way', async () => {
  const clone = makeClone({
    main: "process.kill(process.pid, 'SIGTERM'); setInterval(() => {}, 1000);",
  });

  const child = spawn(process.execPath, [join(clone.root, 'src/launch.mjs'), 'holdfast'], {
    env: clone.environment,
    stdio: 'ignore',
  });

  assert.deepEqual(await once(child, 'close'), [null, 'SIGTERM']);
});

test('an installed package runs dist/main.js with all of its arguments', () => {
  const clone = makeClone({ main: '' });
  rmSync(join(clone.root, 'src/main.ts'));
  mkdirSync(join(clone.root, 'dist'));
  writeFileSync(join(clone.root, 'dist/main.js'), PRINT_ARGUMENTS);

  const result = launch(clone, ['test', '--json']);

  assert.deepEqual(result, { status: 0, stdout: '["test","--json"]\n', stderr: '' });
  assert.deepEqual(readNpmLog(clone), []);
});
