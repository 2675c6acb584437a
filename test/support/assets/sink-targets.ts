/** The programs that records are sent to in tests, and how each is built from a pinned Go module or installed. */
import { join } from 'node:path';
import { cacheFolder } from '../../../src/base/cache-folder.ts';
import { buildMissing, placeOf } from './build-family.ts';
import type { AssetFamily } from './families.ts';
import { findOnPath, isExecutable } from './find-program.ts';

const NATS_VERSION = '2.15.2';
const LOKI_VERSION = '3.7.8';

export const NATS_FAMILY: AssetFamily = {
  folder: `nats-server-${NATS_VERSION}`,
  module: 'github.com/nats-io/nats-server/v2',
  version: `v${NATS_VERSION}`,
  linkerFlags: '-s -w',
  programs: [
    { name: 'nats-server', package: 'github.com/nats-io/nats-server/v2', expectedSeconds: 40 },
  ],
};

export const LOKI_FAMILY: AssetFamily = {
  folder: `loki-${LOKI_VERSION}`,
  module: 'github.com/grafana/loki/v3',
  version: `v${LOKI_VERSION}`,
  linkerFlags: '-s -w',
  programs: [
    { name: 'loki', package: 'github.com/grafana/loki/v3/cmd/loki', expectedSeconds: 320 },
  ],
};

/** Takes the family's one program from `HOLDFAST_ASSETS` or the cache, or builds it there. */
export async function prepareSinkTarget(family: AssetFamily): Promise<string> {
  const [program] = family.programs;
  if (program === undefined) throw new Error(`The family ${family.folder} has no program`);
  const folder = join(cacheFolder(), 'assets');
  const given = findOnPath(program.name, process.env['HOLDFAST_ASSETS'] ?? '');
  const path = given ?? placeOf(family, program.name, folder);
  await buildMissing([family], { folder, places: new Map([[program.name, path]]) });
  if (!isExecutable(path)) throw new Error(`Cannot find ${program.name} at "${path}"`);
  return path;
}
