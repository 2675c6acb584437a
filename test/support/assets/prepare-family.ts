/** Finds the one program of a family, or builds it. */
import { join } from 'node:path';
import type { AssetsOptions } from './assets.ts';
import { buildMissing, placeOf } from './build-family.ts';
import type { AssetFamily } from './families.ts';
import { findOnPath, isExecutable } from './find-program.ts';

/** Takes the program from `HOLDFAST_ASSETS` or the cache, or builds it there; returns its path. */
export async function prepareFamily(family: AssetFamily, options: AssetsOptions): Promise<string> {
  const [program] = family.programs;
  if (program === undefined) throw new Error(`The family ${family.folder} has no program`);
  const folder = join(options.cacheFolder, 'assets');
  const environment = options.environment ?? process.env;
  const given = findOnPath(program.name, environment['HOLDFAST_ASSETS'] ?? '');
  const path = given ?? placeOf(family, program.name, folder);
  const places = new Map([[program.name, path]]);
  await buildMissing([family], { folder, places, print: options.print });
  if (!isExecutable(path)) throw new Error(`Cannot find ${program.name} at "${path}"`);
  return path;
}
