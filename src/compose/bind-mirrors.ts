/** From the configuration to mirrors with the program git of this machine. */
import { join } from 'node:path';
import { cacheFolder } from '../base/cache-folder.ts';
import { systemClock } from '../base/clock.ts';
import { findGit } from '../source/mirror/find-git.ts';
import { openMirrors, type Mirrors } from '../source/mirror/mirrors.ts';
import { resolveBySystem } from '../base/resolve-host.ts';
import type { MirrorSettings } from '../source/mirror/settings.ts';
import type { Metrics } from '../telemetry/metrics.ts';

export interface BindMirrorsOptions {
  readonly settings: MirrorSettings;
  readonly metrics: Metrics;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** Throws `git_unavailable` if there is no git, or one that is too old. Close them after use. */
export async function bindMirrors(options: BindMirrorsOptions): Promise<Mirrors> {
  const { settings, metrics, environment } = options;
  const git = await findGit(environment);
  return await openMirrors({
    settings,
    metrics,
    folder: settings.folder ?? join(cacheFolder(environment), 'mirrors'),
    program: git.path,
    clock: systemClock,
    resolve: resolveBySystem,
  });
}
