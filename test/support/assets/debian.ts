/** Programs that a Debian package brings and that no Go module does: taken from PATH, else installed. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { findOnPath } from './find-program.ts';

/** Where Debian keeps daemons; a person's PATH may not name it. */
const SYSTEM_FOLDERS = '/usr/local/sbin:/usr/sbin:/sbin';
const INSTALL_TIMEOUT_MS = 5 * 60_000;

export interface DebianProgram {
  /** The program's file name: `redis-server`. */
  readonly program: string;
  /** The package that has it. */
  readonly package: string;
}

/** What circuit breakers ask. */
export const PROMETHEUS_PACKAGE: DebianProgram = { program: 'prometheus', package: 'prometheus' };

export interface DebianOptions {
  readonly environment?: Readonly<Record<string, string | undefined>> | undefined;
  readonly print?: ((line: string) => void) | undefined;
  /** Who runs this; only root may install. @default the process's user */
  readonly userId?: number | undefined;
}

/** Returns the program's path. Where it is missing it is installed if we are root, else the person is told how. */
export async function prepareDebianProgram(
  wanted: DebianProgram,
  options: DebianOptions = {},
): Promise<string> {
  const environment = options.environment ?? process.env;
  const path = `${environment['PATH'] ?? ''}:${SYSTEM_FOLDERS}`;
  const find = (): string | undefined => findOnPath(wanted.program, path);
  const present = find();
  if (present !== undefined) return present;
  const remedy = `Install it ("apt-get install ${wanted.package}" on Debian), or put it on PATH`;
  const aptGet = findOnPath('apt-get', path);
  if (aptGet === undefined || (options.userId ?? process.getuid?.()) !== 0) {
    throw new Error(`Cannot find the program ${wanted.program}. ${remedy}`);
  }
  options.print?.(`Installing the Debian package ${wanted.package}, once`);
  try {
    await install(aptGet, wanted.package);
  } catch (error) {
    throw new Error(`Cannot install the Debian package ${wanted.package}. ${remedy}`, {
      cause: error,
    });
  }
  const installed = find();
  if (installed === undefined) {
    throw new Error(
      `Cannot find the program ${wanted.program} in the Debian package ${wanted.package}. ${remedy}`,
    );
  }
  return installed;
}

/** The package's own service must not start: the tests run the program themselves, on ports of their own. */
async function install(aptGet: string, name: string): Promise<void> {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive', RUNLEVEL: '1' };
  const run = promisify(execFile);
  await run(aptGet, ['update', '--quiet'], { env, timeout: INSTALL_TIMEOUT_MS });
  const argv = ['install', '--quiet', '--yes', '--no-install-recommends', name];
  await run(aptGet, argv, { env, timeout: INSTALL_TIMEOUT_MS });
}
