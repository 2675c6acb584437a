/**
 * The variables that Argo CD puts into parameters: `$ARGOCD_APP_REVISION`. Source: argo-cd reposerver/repository newEnv; Go os.Expand.
 */

export interface ApplicationEnvironment {
  readonly name: string;
  readonly namespace: string;
  readonly project: string;
  readonly revision: string;
  readonly repository: string;
  readonly path: string;
  readonly targetRevision: string;
}

/** The text with the variables' values; an unknown variable is empty, and `$$` is a dollar. */
export function expandVariables(text: string, environment: ApplicationEnvironment): string {
  const values = new Map([
    ['ARGOCD_APP_NAME', environment.name],
    ['ARGOCD_APP_NAMESPACE', environment.namespace],
    ['ARGOCD_APP_PROJECT_NAME', environment.project],
    ['ARGOCD_APP_REVISION', environment.revision],
    ['ARGOCD_APP_REVISION_SHORT', environment.revision.slice(0, 7)],
    ['ARGOCD_APP_REVISION_SHORT_8', environment.revision.slice(0, 8)],
    ['ARGOCD_APP_SOURCE_PATH', environment.path],
    ['ARGOCD_APP_SOURCE_REPO_URL', environment.repository],
    ['ARGOCD_APP_SOURCE_TARGET_REVISION', environment.targetRevision],
  ]);
  return text.replaceAll(/\$(?:\{[^}]*\}|\w+|\$)/gu, (match) =>
    match === '$$' ? '$' : (values.get(match.replaceAll(/[${}]/gu, '')) ?? ''),
  );
}
