/** The server under test, started as its users start it: `holdfast serve --config FILE`. */
import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { findFreePort, startServer, type RunningServer } from './server-process.ts';
import { REPOSITORY_ROOT } from './workload.ts';

/** The entry as it is developed, and as it is shipped (`npm run build`). */
export const SOURCE_ENTRY = join(REPOSITORY_ROOT, 'src', 'main.ts');
export const BUILT_ENTRY = join(REPOSITORY_ROOT, 'dist', 'main.js');
/** What the image sets, so that what is measured is what runs there. */
const IMAGE_ENVIRONMENT = readImageEnvironment();

/** The most that the configuration takes. */
const KILLS_MAX = 1000;

const READY = /^ready (https:\/\/\S+)$/m;

export interface HoldfastServerOptions {
  readonly name: string;
  /** What Node runs. @default the sources */
  readonly entry?: string;
  /** Where the configuration may be written. */
  readonly workFolder: string;
  /** The folder of the built policies. */
  readonly bundleFolder: string;
  /** @default so many that none is ever quarantined: a policy that is met over and over is to be killed each time */
  readonly quarantineAfterKills?: number;
  /** Policies that are loaded and judge nothing. */
  readonly policiesOff?: readonly string[];
  readonly tls: { readonly certificateFile: string; readonly keyFile: string };
  /** The section of the configuration about records. */
  readonly audit?: Readonly<Record<string, unknown>>;
  /** Where metrics are exposed on loopback. @default a free port */
  readonly metricsPort?: number;
  /** How to reach the cluster. @default there is none */
  readonly kubeconfigFile?: string;
  /** Flags for Node itself, such as `--cpu-prof`. */
  readonly nodeFlags?: readonly string[];
}

/** Starts Holdfast and resolves at its ready line. */
export async function startHoldfast(options: HoldfastServerOptions): Promise<RunningServer> {
  const configFile = join(options.workFolder, `${options.name}.yaml`);
  await writeFile(configFile, JSON.stringify(await planConfiguration(options), undefined, 2));
  return startServer({
    command: process.execPath,
    argv: [
      ...(options.nodeFlags ?? []),
      options.entry ?? SOURCE_ENTRY,
      'serve',
      '--config',
      configFile,
    ],
    environment: options.entry === BUILT_ENTRY ? IMAGE_ENVIRONMENT : {},
    logFile: join(options.workFolder, `${options.name}.log`),
    findUrl: (output) => READY.exec(output)?.[1],
    path: '/validate',
  });
}

/** The one line `ENV` of the Dockerfile. */
function readImageEnvironment(): Readonly<Record<string, string>> {
  const text = readFileSync(join(REPOSITORY_ROOT, 'Dockerfile'), 'utf8');
  const [, line = ''] = /^ENV (.+)$/mu.exec(text) ?? [];
  const pairs = line.split(' ').map((pair) => pair.split('=', 2));
  return Object.fromEntries(pairs.map(([name = '', value = '']) => [name, value]));
}

/** JSON is YAML: the configuration needs no writer of its own. */
async function planConfiguration(options: HoldfastServerOptions): Promise<unknown> {
  const off = (options.policiesOff ?? []).map((name) => [name, { mode: 'off' }] as const);
  return {
    cluster: { name: 'bench' },
    server: {
      host: '127.0.0.1',
      port: await findFreePort(),
      tls: options.tls,
      metrics: { host: '127.0.0.1', port: options.metricsPort ?? (await findFreePort()) },
    },
    policies: { bundle: options.bundleFolder, settings: Object.fromEntries(off) },
    engine: { quarantineAfterKills: options.quarantineAfterKills ?? KILLS_MAX },
    ...(options.audit && { audit: options.audit }),
    ...(options.kubeconfigFile && { kubernetes: { kubeconfigFile: options.kubeconfigFile } }),
  };
}
