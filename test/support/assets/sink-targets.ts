/** The programs that records are sent to in tests, and how each is built from a pinned Go module or installed. */
import { globSync } from 'node:fs';
import { join } from 'node:path';
import { cacheFolder } from '../../../src/base/cache-folder.ts';
import { buildMissing, placeOf } from './build-family.ts';
import { prepareDebianProgram } from './debian.ts';
import type { AssetFamily } from './families.ts';
import { findOnPath, isExecutable } from './find-program.ts';

const NATS_VERSION = '2.15.2';
const LOKI_VERSION = '3.7.8';
const ALERTMANAGER_VERSION = '0.28.1';

const NATS_FAMILY: AssetFamily = {
  folder: `nats-server-${NATS_VERSION}`,
  module: 'github.com/nats-io/nats-server/v2',
  version: `v${NATS_VERSION}`,
  linkerFlags: '-s -w',
  programs: [
    { name: 'nats-server', package: 'github.com/nats-io/nats-server/v2', expectedSeconds: 40 },
  ],
};

const ALERTMANAGER_FAMILY: AssetFamily = {
  folder: `alertmanager-${ALERTMANAGER_VERSION}`,
  module: 'github.com/prometheus/alertmanager',
  version: `v${ALERTMANAGER_VERSION}`,
  linkerFlags: '-s -w',
  programs: [
    {
      name: 'alertmanager',
      package: 'github.com/prometheus/alertmanager/cmd/alertmanager',
      expectedSeconds: 100,
    },
  ],
};

const LOKI_FAMILY: AssetFamily = {
  folder: `loki-${LOKI_VERSION}`,
  module: 'github.com/grafana/loki/v3',
  version: `v${LOKI_VERSION}`,
  linkerFlags: '-s -w',
  programs: [
    { name: 'loki', package: 'github.com/grafana/loki/v3/cmd/loki', expectedSeconds: 320 },
  ],
};

/** A program, or why it is not here; tests that need it are skipped with these words. */
export type SinkTarget = { readonly program: string } | { readonly missing: string };

/** The real programs that records are sent to. */
export const SINK_TARGETS = { natsServer, loki, rsyslogd, alertmanager } as const;

/** Builds or installs what is missing, before tests with a deadline run. What cannot be had is said. */
export async function prepareSinkTargets(print: (line: string) => void): Promise<void> {
  for (const locate of Object.values(SINK_TARGETS)) {
    const target = await locate();
    if ('missing' in target) print(target.missing);
  }
}

function alertmanager(): Promise<SinkTarget> {
  return attempt(() => prepareProgram(ALERTMANAGER_FAMILY));
}

function natsServer(): Promise<SinkTarget> {
  return attempt(() => prepareProgram(NATS_FAMILY));
}

function loki(): Promise<SinkTarget> {
  return attempt(() => prepareProgram(LOKI_FAMILY));
}

function rsyslogd(): Promise<SinkTarget> {
  return attempt(async () => {
    // The package of the TLS driver brings the daemon with it.
    const program = await prepareDebianProgram({ program: 'rsyslogd', package: 'rsyslog-gnutls' });
    const drivers = globSync('/usr/lib/*/rsyslog/lmnsd_gtls.so');
    if (drivers.length > 0) return program;
    throw new Error('Cannot find the TLS driver of rsyslogd: install the package rsyslog-gnutls');
  });
}

async function attempt(prepare: () => Promise<string>): Promise<SinkTarget> {
  try {
    return { program: await prepare() };
  } catch (error) {
    return { missing: error instanceof Error ? error.message : String(error) };
  }
}

/** Takes the family's one program from `HOLDFAST_ASSETS` or the cache, or builds it there. */
async function prepareProgram(family: AssetFamily): Promise<string> {
  const [program] = family.programs;
  if (program === undefined) throw new Error(`The family ${family.folder} has no program`);
  const folder = join(cacheFolder(), 'assets');
  const given = findOnPath(program.name, process.env['HOLDFAST_ASSETS'] ?? '');
  const path = given ?? placeOf(family, program.name, folder);
  await buildMissing([family], { folder, places: new Map([[program.name, path]]) });
  if (!isExecutable(path)) throw new Error(`Cannot find ${program.name} at "${path}"`);
  return path;
}

/** The program of a test that is not skipped. */
export function programOf(target: SinkTarget): string {
  if ('program' in target) return target.program;
  throw new Error(target.missing);
}

/** Whether tests that need the target are skipped, and why. */
export function skipWithout(target: SinkTarget): { readonly skip: string | false } {
  return { skip: 'missing' in target ? target.missing : false };
}
