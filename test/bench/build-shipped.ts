/** What is measured is what is shipped, of the sources as they are now. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { REPOSITORY_ROOT } from './workload.ts';

const BUILD = join(REPOSITORY_ROOT, 'test', 'support', 'build', 'write-dist.ts');

/** Writes `dist/`, as `npm run build` does. */
export function buildShipped({ progress }: { readonly progress: (line: string) => void }): void {
  progress('building dist');
  const { status } = spawnSync(process.execPath, [BUILD], { stdio: ['ignore', 2, 2] });
  if (status !== 0) throw new Error(`npm run build must end with 0: found ${String(status)}`);
}
