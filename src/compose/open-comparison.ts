/** What a command needs to render and compare the commits of an application by itself, without the commit thread. */
import { join } from 'node:path';
import { cacheFolder } from '../base/cache-folder.ts';
import { systemClock } from '../base/clock.ts';
import { systemWait } from '../base/wait.ts';
import type { Configuration } from '../config/schema.ts';
import type { ArgocdSettings } from '../kubernetes/lookup/parse-argocd-settings.ts';
import type { Mirrors } from '../source/mirror/mirrors.ts';
import { openTreeStore } from '../source/mirror/tree-store.ts';
import { findRenderPrograms } from '../source/render/find-programs.ts';
import { Renderer } from '../source/render/renderer.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import { ManifestBinding } from './bind-manifests.ts';
import { CommitManifests } from './commit-manifests.ts';
import { APPLIED_AS_A_WHOLE, type OpenedComparison } from './compare-live-objects.ts';
import { findRepositoryCredential, type AccessOptions } from './repository-access.ts';

export interface OpenComparisonOptions {
  readonly configuration: Configuration;
  readonly mirrors: Pick<Mirrors, 'readTree'>;
  readonly access: AccessOptions;
  readonly metrics: Metrics;
}

/** Close it after use. Rejects if the folder for the files cannot be made. */
export async function openComparison(
  { configuration, mirrors, access, metrics }: OpenComparisonOptions,
  live: ArgocdSettings | undefined,
): Promise<OpenedComparison> {
  const { environment } = access;
  const { folder } = configuration.mirrors;
  const trees = await openTreeStore({
    folder: join(folder ?? join(cacheFolder(environment), 'mirrors'), 'trees'),
    mirrors,
    clock: systemClock,
  });
  const commits = new CommitManifests({
    trees,
    renderer: new Renderer(findRenderPrograms(environment['PATH']), 0),
    findCredential: (repository, of) => findRepositoryCredential(repository, of, access),
  });
  const manifests = new ManifestBinding(configuration, {
    supervisor: {
      ask: async (asked) => {
        if (asked.kind !== 'manifests') throw new Error('Only manifests are asked for');
        return { kind: 'manifests', answer: await commits.render(asked.question) };
      },
    },
    argocdSettings: () => live,
    certainty: APPLIED_AS_A_WHOLE,
    clock: systemClock,
    wait: systemWait,
    metrics,
  });
  return {
    manifests,
    close: async () => {
      manifests.close();
      await trees.close();
    },
  };
}
