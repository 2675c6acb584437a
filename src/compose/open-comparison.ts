/** What a command needs to render the commits of an application by itself, without the commit thread. */
import { join } from 'node:path';
import { cacheFolder } from '../base/cache-folder.ts';
import { systemClock } from '../base/clock.ts';
import type { Configuration } from '../config/schema.ts';
import { parsePathPattern } from '../source/manifest/parse-path-pattern.ts';
import type { Mirrors } from '../source/mirror/mirrors.ts';
import { openTreeStore } from '../source/mirror/tree-store.ts';
import { findRenderPrograms } from '../source/render/find-programs.ts';
import { Renderer } from '../source/render/renderer.ts';
import { argocdMarks } from './argocd-marks.ts';
import { CommitManifests } from './commit-manifests.ts';
import type { LiveComparisonOptions } from './compare-live-objects.ts';
import { findRepositoryCredential, type AccessOptions } from './repository-access.ts';

export interface OpenComparisonOptions {
  readonly configuration: Configuration;
  readonly mirrors: Mirrors;
  readonly access: AccessOptions;
}

export interface OpenedComparison extends Omit<LiveComparisonOptions, 'client' | 'clock'> {
  /** Removes the files of the commits. */
  readonly close: () => Promise<void>;
}

/** Close it after use. */
export async function openComparison({
  configuration,
  mirrors,
  access,
}: OpenComparisonOptions): Promise<OpenedComparison> {
  const { environment } = access;
  const { folder } = configuration.mirrors;
  const trees = await openTreeStore({
    folder: join(folder ?? join(cacheFolder(environment), 'mirrors'), 'trees'),
    mirrors,
    clock: systemClock,
  });
  const manifests = new CommitManifests({
    trees,
    renderer: new Renderer(findRenderPrograms(environment['PATH']), 0),
    findCredential: (repository, of) => findRepositoryCredential(repository, of, access),
  });
  const marks = argocdMarks(configuration.ownership.argocd, undefined);
  return {
    render: (question) => manifests.render(question),
    mutated: configuration.manifests.mutated.flatMap((text) => {
      const parsed = parsePathPattern(text);
      return parsed.ok ? [parsed.pattern] : [];
    }),
    trackingLabel: marks.trackingMethod === 'annotation' ? undefined : marks.instanceLabelKey,
    close: () => trees.close(),
  };
}
