/** The package as it is installed or lies in the image: built, with its production dependencies alone. */
import { cpSync, existsSync, mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { bundleSources } from './bundle-sources.ts';

const ROOT = dirname(dirname(dirname(import.meta.dirname)));

const lockSchema = z.looseObject({
  packages: z.record(
    z.string(),
    z.looseObject({ dev: z.boolean().optional(), version: z.string().optional() }),
  ),
});

/** The packages of the lock file, by their folders. */
export const LOCKED_PACKAGES = lockSchema.parse(
  JSON.parse(readFileSync(join(ROOT, 'package-lock.json'), 'utf8')),
).packages;

/** Resolves with what Node runs. */
export async function installPackage(folder: string): Promise<string> {
  for (const name of ['package.json', 'LICENSE']) cpSync(join(ROOT, name), join(folder, name));
  await bundleSources(join(folder, 'dist'));
  linkProductionPackages(folder);
  return join(folder, 'dist', 'main.js');
}

/** As `npm ci --omit=dev` and the `rm` after it leave them. */
function linkProductionPackages(folder: string): void {
  for (const [path, { dev }] of Object.entries(LOCKED_PACKAGES)) {
    const isOutermost = path.lastIndexOf('node_modules/') === 0;
    if (!isOutermost || dev === true || path === 'node_modules/node') continue;
    const installed = join(ROOT, path);
    if (!existsSync(installed)) continue;
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    symlinkSync(installed, join(folder, path));
  }
}
