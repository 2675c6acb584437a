#!/usr/bin/env node
/**
 * Starts every command of this repository, in a fresh clone and on any Node from 20 on.
 *
 * Plain JavaScript without imports from npm: it runs before anything is installed. It installs the npm packages where
 * they are missing or where the lock file changed, then runs the wanted entry on the Node 24 that the npm package `node`
 * brings. Inside an installed package there is nothing to install, and it only picks the right Node.
 */
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, realpathSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { withInstallLock } from './install-lock.mjs';

const NODE_MAJOR_MIN = 24;
/** npm writes nothing longer than this on one of our installs; the whole text is shown when it fails. */
const NPM_OUTPUT_BYTES_MAX = 16 * 1024 * 1024;

const root = dirname(dirname(realpathSync(fileURLToPath(import.meta.url))));

/** What each mode runs: the entry, relative to the root, and the arguments that come before the user's own. */
const MODES = {
  start: ['src/main.ts', 'demo'],
  holdfast: ['src/main.ts'],
  test: ['test/run.ts'],
  check: ['test/run.ts', '--check-only'],
  sandbox: ['test/sandbox.ts'],
  bench: ['test/bench/run.ts'],
  format: ['node_modules/prettier/bin/prettier.cjs', '--write', '.'],
  'deploy-base': ['test/support/deploy/write-base.ts'],
  'docs-reference': ['test/support/docs/write-reference.ts'],
  build: ['test/support/build/write-dist.ts'],
  mutants: ['test/support/source-mutation/mutate-sources.ts'],
  sbom: ['test/support/build/write-sbom.ts'],
};

class LaunchError extends Error {}

/** Tells the two lives of this file apart: a clone has the sources, an installed package only `dist/`. */
function isInstalledPackage() {
  return !existsSync(join(root, 'src', 'main.ts')) && existsSync(join(root, 'dist', 'main.js'));
}

/** @returns {string[]} the entry and all of its arguments */
function planCommand(argv) {
  if (isInstalledPackage()) return ['dist/main.js', ...argv];
  const [mode = '', ...rest] = argv;
  if (!Object.hasOwn(MODES, mode)) {
    throw new LaunchError(
      `Mode must be one of ${Object.keys(MODES).join(', ')}: found "${mode}". Use npm start, npm test or npm run`,
    );
  }
  const [entry, ...first] = MODES[mode];
  if (!existsSync(join(root, entry)) && !entry.startsWith('node_modules/')) {
    throw new LaunchError(`"${entry}" is missing: restore it with git checkout -- ${entry}`);
  }
  return [entry, ...first, ...rest];
}

const stampFile = join(root, 'node_modules', '.holdfast-install');

function planStamp() {
  const lock = readFileSync(join(root, 'package-lock.json'));
  return `${createHash('sha256').update(lock).digest('hex')} ${process.platform}-${process.arch}\n`;
}

function readText(path) {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}

/** npm keeps its own record of what lies in node_modules: equal to the lock file, a stamp of ours is not needed. */
function npmRecordMatchesLock() {
  const record = readText(join(root, 'node_modules', '.package-lock.json'));
  if (record === undefined) return false;
  const wanted = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')).packages;
  const found = JSON.parse(record).packages;
  return Object.entries(wanted).every(
    ([path, entry]) =>
      path === '' ||
      (found[path]?.integrity ?? (entry.optional && entry.integrity)) === entry.integrity,
  );
}

function packagesAreInstalled() {
  if (readText(stampFile) === planStamp()) return true;
  if (!npmRecordMatchesLock()) return false;
  writeFileSync(stampFile, planStamp());
  return true;
}

/** Two commands started at once in a fresh clone must not delete node_modules under each other. */
function withOneInstallAtATime(install) {
  withInstallLock(join(root, '.install.lock'), install, {
    onWait: (holder, file) =>
      say(
        `Waiting for process ${holder}, which is installing npm packages (if it does not, remove ${file})`,
      ),
  });
}

/** Progress goes to stderr: stdout belongs to the command (`npm run -s holdfast -- evaluate -o jsonl | jq`). */
function say(line) {
  process.stderr.write(`${line}\n`);
}

function installPackages() {
  if (packagesAreInstalled()) return;
  const reason = existsSync(stampFile) ? 'package-lock.json changed' : 'first run in this clone';
  say(`Installing npm packages (${reason}; npm ci, about 20 s the first time)`);
  const startedMs = Date.now();
  runNpm(['ci', '--loglevel=error', '--no-audit', '--no-fund', '--include=dev']);
  writeFileSync(stampFile, planStamp());
  say(`Installed npm packages in ${((Date.now() - startedMs) / 1000).toFixed(1)} s`);
}

function runNpm(args) {
  const result = spawnSync('npm', args, {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: NPM_OUTPUT_BYTES_MAX,
    env: planNpmEnvironment(),
    shell: process.platform === 'win32',
  });
  if (result.status === 0) return;
  say(`${result.stdout ?? ''}${result.stderr ?? ''}`.trimEnd());
  const found = result.error ? result.error.message : `exit code ${result.status ?? result.signal}`;
  throw new LaunchError(
    `npm ${args[0]} must succeed: found ${found}. Check the network and the npm registry, then run the command again`,
  );
}

/**
 * `npm run` hands its own settings down as npm_* variables, and the registry among them is wanted; but a
 * production setting there (`npm_config_omit=dev`) would leave the tools out.
 */
function planNpmEnvironment() {
  const environment = { ...process.env };
  delete environment.npm_config_omit;
  delete environment.npm_config_production;
  delete environment.NODE_ENV;
  return environment;
}

function nodeMajor(executable) {
  if (!existsSync(executable)) return 0;
  const result = spawnSync(executable, ['--version'], { encoding: 'utf8' });
  return Number(/^v(?<major>\d+)\./.exec(result.stdout ?? '')?.groups.major ?? 0);
}

/** The binary of the npm package `node`, and the platform package that its install script copies it from. */
function* listPinnedNodes() {
  const require = createRequire(join(root, 'package.json'));
  const platform = process.platform === 'win32' ? 'win' : process.platform;
  const prefix = process.platform === 'darwin' && process.arch === 'arm64' ? 'node-bin' : 'node';
  const binary = process.platform === 'win32' ? 'node.exe' : 'node';
  for (const name of ['node', `node/node_modules/${prefix}-${platform}-${process.arch}`]) {
    for (const folder of require.resolve.paths(name) ?? []) {
      yield join(folder, name, 'bin', binary);
    }
  }
}

function findPinnedNode() {
  for (const executable of listPinnedNodes()) if (existsSync(executable)) return executable;
  return undefined;
}

/** npm may be told not to run install scripts; then the package `node` is there without its binary. */
function runNodeInstaller() {
  const folder = join(root, 'node_modules', 'node');
  const installer = join(folder, 'installArchSpecificPackage.js');
  if (!existsSync(installer)) return;
  say('Installing Node 24 (the npm package "node" came without its binary)');
  spawnSync(process.execPath, [installer], { cwd: folder, stdio: ['ignore', 'ignore', 'inherit'] });
}

function findNode() {
  const pinned = findPinnedNode();
  if (pinned !== undefined) return { executable: pinned, flags: [] };
  // A Node 24 older than the pinned one still warns about parts that have become stable since.
  const flags = ['--disable-warning=ExperimentalWarning'];
  if (Number(process.versions.node.split('.')[0]) >= NODE_MAJOR_MIN) {
    return { executable: process.execPath, flags };
  }
  if (!isInstalledPackage()) {
    runNodeInstaller();
    const installed = findPinnedNode();
    if (installed !== undefined && nodeMajor(installed) >= NODE_MAJOR_MIN) {
      return { executable: installed, flags: [] };
    }
  }
  throw new LaunchError(
    `Node must be ${NODE_MAJOR_MIN} or later: found ${process.version}, and the npm package "node" has no binary. ` +
      'Run npm install-scripts approve node && npm ci, or install Node 24',
  );
}

/**
 * A terminal sends SIGINT and SIGHUP to the whole foreground group, so the child has its own already: a second one
 * would read as "stop at once" and cut a graceful end short.
 */
function shouldForward(signal) {
  const fromTerminal = process.stdin.isTTY || process.stdout.isTTY || process.stderr.isTTY;
  return signal === 'SIGTERM' || !fromTerminal;
}

function runEntry([entry, ...args]) {
  const { executable, flags } = findNode();
  const child = spawn(executable, [...flags, join(root, entry), ...args], {
    stdio: 'inherit',
    ...(entry.startsWith('node_modules/') ? { cwd: root } : {}),
  });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    process.on(signal, () => {
      if (shouldForward(signal)) child.kill(signal);
    });
  }
  child.on('error', (error) => {
    say(`holdfast: cannot start ${executable}: ${error.message}`);
    process.exitCode = 1;
  });
  child.on('exit', (code, signal) => {
    if (signal === null) {
      process.exitCode = code ?? 1;
      return;
    }
    // Die of the same signal, so that the shell and npm see what happened.
    process.removeAllListeners(signal);
    process.kill(process.pid, signal);
  });
}

function main() {
  try {
    const command = planCommand(process.argv.slice(2));
    if (!isInstalledPackage() && !packagesAreInstalled()) withOneInstallAtATime(installPackages);
    runEntry(command);
  } catch (error) {
    if (!(error instanceof LaunchError)) throw error;
    say(`holdfast: ${error.message}`);
    process.exitCode = 1;
  }
}

// Imported (by its test), it does nothing.
if (import.meta.url === pathToFileURL(realpathSync(process.argv[1] ?? '')).href) main();
