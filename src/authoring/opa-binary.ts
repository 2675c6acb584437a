/**
 * Finds the OPA program, or builds it. OPA is needed only to compile policies, never to evaluate a request.
 *
 * `opa` on PATH is used from version 1.12 on; else a pinned version is built by Go into the user's cache folder.
 * A found program is cached; the next check needs only `stat`.
 */
import { execFile, spawn } from 'node:child_process';
import { access, constants, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { delimiter, isAbsolute, join } from 'node:path';
import { promisify } from 'node:util';
import { makeFolder } from '../base/make-folder.ts';

import { z } from 'zod';

import { withProcessLock } from '../base/process-lock.ts';
import { HoldfastError } from '../errors.ts';

/** The version that is built if PATH has none: the one that the tests use. */
export const OPA_VERSION = '1.22.0';
const OPA_MODULE = 'github.com/open-policy-agent/opa';
/** The first version with template strings (`$"…{part}…"`), which the texts of findings use. */
const OPA_VERSION_MIN = { major: 1, minor: 12 } as const;
const OPA_MIN = `${OPA_VERSION_MIN.major}.${OPA_VERSION_MIN.minor}`;

export interface OpaOptions {
  /** Holdfast's cache folder (`base/cache-folder.ts`). */
  readonly cacheFolder: string;
  /** @default process.env */
  readonly environment?: NodeJS.ProcessEnv;
  /** Called with one line per slow step. */
  readonly progress?: (line: string) => void;
}

/** The OPA to use: `path` exists if `present` is true; otherwise it will be built there. */
export interface OpaLocation {
  readonly path: string;
  readonly version: string;
  readonly origin: 'path' | 'cache';
  readonly present: boolean;
}

/** Finds the OPA to use, without a build and without network. */
export async function locateOpa(options: OpaOptions): Promise<OpaLocation> {
  const onPath = await findOnPath(options);
  if (onPath) return onPath;
  const path = join(options.cacheFolder, 'opa', OPA_VERSION, 'opa');
  return { path, version: OPA_VERSION, origin: 'cache', present: await isExecutable(path) };
}

/** The OPA to use; built first if there is none. */
export async function ensureOpa(options: OpaOptions): Promise<OpaLocation> {
  const found = await locateOpa(options);
  if (found.present) return found;
  const folder = join(options.cacheFolder, 'opa', OPA_VERSION);
  const lock = `${folder}.lock.sqlite`;
  await withProcessLock(
    lock,
    async () => {
      if (!(await isExecutable(found.path))) await buildOpa(folder, options);
    },
    { onWait: () => options.progress?.(`Waiting for another process, which builds OPA (${lock})`) },
  );
  return { ...found, present: true };
}

async function findOnPath(options: OpaOptions): Promise<OpaLocation | undefined> {
  const folders = ((options.environment ?? process.env)['PATH'] ?? '').split(delimiter);
  for (const folder of folders) {
    // With a relative entry of PATH, a file in the working directory could replace the compiler of our
    // policies.
    if (!isAbsolute(folder)) continue;
    const path = join(folder, 'opa');
    if (!(await isExecutable(path))) continue;
    const version = await versionOf(path, options);
    if (version !== undefined && isRecentEnough(version)) {
      return { path, version, origin: 'path', present: true };
    }
    options.progress?.(
      `Ignoring ${path}: it is version ${version ?? 'unknown'}, at least ${OPA_MIN} is needed`,
    );
  }
  return undefined;
}

function isRecentEnough(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const { major: majorMin, minor: minorMin } = OPA_VERSION_MIN;
  return major === majorMin ? minor >= minorMin : major > majorMin;
}

const knownVersion = z.object({
  path: z.string(),
  size: z.number(),
  mtimeMs: z.number(),
  version: z.string(),
});

/** Runs the program once to get its version, and caches the result until the file changes. */
async function versionOf(path: string, { cacheFolder }: OpaOptions): Promise<string | undefined> {
  const { size, mtimeMs } = await stat(path);
  const memory = join(cacheFolder, 'opa', 'path-version.json');
  const known = knownVersion.safeParse(await readJson(memory)).data;
  const unchanged = known?.path === path && known.size === size && known.mtimeMs === mtimeMs;
  if (unchanged) return known.version;
  const version = await askVersion(path);
  if (version === undefined) return undefined;
  makeFolder(join(cacheFolder, 'opa'));
  await writeAtomically(memory, JSON.stringify({ path, size, mtimeMs, version }));
  return version;
}

async function askVersion(path: string): Promise<string | undefined> {
  try {
    // It prints and ends at once; a cold disk may take seconds to read the program.
    const { stdout } = await promisify(execFile)(path, ['version'], { timeout: 10_000 });
    return /^Version: v?(\d+\.\d+\.\S+)$/m.exec(stdout)?.[1];
  } catch {
    // A program named opa that does not respond is not OPA; the caller continues without it and reports that.
    return undefined;
  }
}

async function buildOpa(folder: string, options: OpaOptions): Promise<void> {
  const { progress } = options;
  const work = join(folder, `build-${process.pid}`);
  progress?.(`Building OPA ${OPA_VERSION} with Go into ${folder} (about a minute, once)`);
  makeFolder(work);
  try {
    await writeFile(join(work, 'go.mod'), 'module holdfast/opa\n\ngo 1.24\n');
    await runGo(['get', `${OPA_MODULE}@v${OPA_VERSION}`], work, options);
    await runGo(
      ['build', '-trimpath', '-ldflags', '-s -w', '-o', join(work, 'opa'), OPA_MODULE],
      work,
      options,
    );
    await rename(join(work, 'opa'), join(folder, 'opa'));
    progress?.(`Built OPA ${OPA_VERSION}`);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

async function runGo(argv: readonly string[], cwd: string, options: OpaOptions): Promise<void> {
  const { progress, environment = process.env } = options;
  const tail: string[] = [];
  const failure = await new Promise<string | undefined>((resolve) => {
    const child = spawn('go', argv, { cwd, env: environment, stdio: ['ignore', 'ignore', 'pipe'] });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      const lines = text.split('\n').filter((line) => line.trim() !== '');
      // A hundred "added" lines of go.mod would hide the downloads, which take most of the time.
      for (const line of lines) if (!/^go: (added|upgraded)/.test(line)) progress?.(`  ${line}`);
      tail.push(...lines);
      tail.splice(0, Math.max(0, tail.length - 10));
    });
    child.once('error', (fault) => resolve(`cannot run "go": ${fault.message}`));
    child.once('close', (code) => resolve(code === 0 ? undefined : tail.join('\n')));
  });
  if (failure === undefined) return;
  throw new HoldfastError(
    'opa_unavailable',
    `Cannot build OPA ${OPA_VERSION}: ${failure}. Put "opa" ${OPA_MIN} or later on PATH ` +
      '(https://www.openpolicyagent.org/docs/#running-opa), or install Go 1.24 or later with access to a module proxy',
  );
}

async function isExecutable(path: string): Promise<boolean> {
  try {
    await access(path, constants.X_OK);
    return (await stat(path)).isFile();
  } catch {
    return false;
  }
}

async function readJson(path: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(path, 'utf8'));
  } catch {
    // A missing or damaged cache file is ignored: the program is run again.
    return undefined;
  }
}

async function writeAtomically(path: string, text: string): Promise<void> {
  const draft = `${path}.${process.pid}`;
  await writeFile(draft, text);
  await rename(draft, path);
}
