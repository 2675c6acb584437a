/** Trusted roots of TUF repositories for commands: read when the command runs, and kept for the next one. */
import { join } from 'node:path';
import { cacheFolder } from '../base/cache-folder.ts';
import { systemClock } from '../base/clock.ts';
import { systemWait } from '../base/wait.ts';
import type { Configuration } from '../config/schema.ts';
import { createForwardingLogger } from '../telemetry/forwarded-logger.ts';
import { ForwardedMetrics } from '../telemetry/forwarded-metrics.ts';
import type { ReadTufRoot } from './image-trust.ts';
import type { OpenRegistry } from './open-registry.ts';
import { TufRoots } from './tuf-roots.ts';

export interface ReadTufNowOptions {
  readonly images: Pick<Configuration['images'], 'folder' | 'tufRefreshMs'>;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly registry: Pick<OpenRegistry, 'download'>;
  /** What a person should know, a line each. */
  readonly report: (line: string) => void;
}

/** The mirror is asked once for each root. Where it fails, what was read last counts, and a line says so. */
export function readTufNow(options: ReadTufNowOptions): ReadTufRoot {
  const { images, environment, registry, report } = options;
  const roots = new TufRoots({
    folder: images.folder ?? join(cacheFolder(environment), 'images'),
    refreshMs: images.tufRefreshMs,
    download: registry.download,
    clock: systemClock,
    wait: systemWait,
    // A command has neither: what matters of both is its problem.
    logger: createForwardingLogger(() => undefined),
    metrics: new ForwardedMetrics(),
    onChange: () => undefined,
  });
  return async (...asked) => {
    const reading = await roots.readNow(...asked);
    const problem = roots.problem();
    if (problem !== undefined) report(`warning: ${problem}`);
    return reading;
  };
}
