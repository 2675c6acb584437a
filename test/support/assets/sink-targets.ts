/** The programs that records are sent to in tests, and how each is built from a pinned Go module or installed. */
import { globSync } from 'node:fs';
import { cacheFolder } from '../../../src/base/cache-folder.ts';
import type { AssetsOptions } from './assets.ts';
import { prepareDebianProgram } from './debian.ts';
import type { AssetFamily } from './families.ts';
import { prepareFamily } from './prepare-family.ts';

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

const FAMILIES = {
  'nats-server': NATS_FAMILY,
  alertmanager: ALERTMANAGER_FAMILY,
  loki: LOKI_FAMILY,
} as const;

/** A real program that records or alerts are sent to. */
export type SinkTargetName = keyof typeof FAMILIES | 'rsyslogd';

/** Finds the program, or builds or installs it; returns its path. */
export async function prepareSinkTarget(
  name: SinkTargetName,
  options: AssetsOptions = { cacheFolder: cacheFolder() },
): Promise<string> {
  return name === 'rsyslogd'
    ? await prepareRsyslogd(options)
    : await prepareFamily(FAMILIES[name], options);
}

/** The package of the TLS driver brings the daemon with it. */
async function prepareRsyslogd(options: AssetsOptions): Promise<string> {
  const wanted = { program: 'rsyslogd', package: 'rsyslog-gnutls' };
  const program = await prepareDebianProgram(wanted, options);
  if (globSync('/usr/lib/*/rsyslog/lmnsd_gtls.so').length > 0) return program;
  throw new Error('Cannot find the TLS driver of rsyslogd: install the package rsyslog-gnutls');
}
