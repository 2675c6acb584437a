/** The programs of this machine that render sources. */
import { findProgram } from './find-program.ts';
import type { RenderPrograms } from './renderer.ts';

/** @param path of the environment. kubectl has an older kustomize inside. */
export function findRenderPrograms(path: string | undefined): RenderPrograms {
  const kustomize = findProgram('kustomize', path);
  const kubectl = findProgram('kubectl', path);
  return {
    kustomize: chooseKustomize(kustomize, kubectl),
    helm: findProgram('helm', path),
  };
}

function chooseKustomize(
  kustomize: string | undefined,
  kubectl: string | undefined,
): RenderPrograms['kustomize'] {
  if (kustomize !== undefined) return { path: kustomize, command: 'build' };
  return kubectl === undefined ? undefined : { path: kubectl, command: 'kustomize' };
}
