/** The programs with which Argo CD and Holdfast render sources, in one folder: helm, and kubectl's kustomize under its own name. */
import { chmod, mkdtemp, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { cacheFolder } from '../../../src/base/cache-folder.ts';
import { prepareAssets } from '../assets/assets.ts';
import { prepareHelm } from '../assets/helm.ts';

/** Puts them on the PATH of this process and of all that it starts. The folder is the system's to remove. */
export async function addRenderPrograms(): Promise<void> {
  const { kubectl } = await prepareAssets({ cacheFolder: cacheFolder() });
  const folder = await mkdtemp(join(tmpdir(), 'holdfast-programs-'));
  await symlink(await prepareHelm(), join(folder, 'helm'));
  const kustomize = join(folder, 'kustomize');
  await writeFile(kustomize, kustomizeOf(kubectl));
  await chmod(kustomize, 0o755);
  process.env['PATH'] = [folder, process.env['PATH']].join(delimiter);
}

/** `kustomize build` is `kubectl kustomize`. */
function kustomizeOf(kubectl: string): string {
  return `#!/bin/sh
case "$1" in
  build) shift; exec "${kubectl}" kustomize "$@" ;;
  version) echo v5.7.1 ;;
  *) echo "no command $1" >&2; exit 1 ;;
esac
`;
}
