/** Which rights of the account of Holdfast follow from the configuration. */
import type { Configuration } from '../../config/schema.ts';
import type { Right } from './classify-rights.ts';

const FOLLOWED = ['get', 'list', 'watch'] as const;

/** In the order of the roles in deploy/base. */
export function planRights({
  breakGlass,
  freeze,
  identity,
  kubernetes,
  ownership,
}: Pick<
  Configuration,
  'breakGlass' | 'freeze' | 'identity' | 'kubernetes' | 'ownership'
>): readonly Right[] {
  const hasArgocd = identity.writers.some(({ tool }) => tool === 'argocd');
  return [
    ...followed('', 'pods'),
    ...followed('', 'namespaces'),
    ...followed('apps', 'deployments'),
    ...followed('apps', 'replicasets'),
    ...(hasArgocd && kubernetes.hub === undefined ? followed('argoproj.io', 'applications') : []),
    ...(ownership.flux.enabled && identity.writers.some(({ tool }) => tool === 'flux')
      ? followed('kustomize.toolkit.fluxcd.io', 'kustomizations')
      : []),
    ...(breakGlass.approvers.length > 0 || breakGlass.schedules.length > 0
      ? grantsIn(breakGlass.namespace)
      : []),
    ...(freeze.operators.length > 0 || freeze.breakers.length > 0
      ? followed('holdfast.dev', 'freezes').map((right) => ({
          ...right,
          namespace: breakGlass.namespace,
        }))
      : []),
  ];
}

function followed(group: string, resource: string): readonly Right[] {
  return FOLLOWED.map((verb) => ({ verb, group, resource }));
}

function grantsIn(namespace: string): readonly Right[] {
  return (['get', 'list'] as const).map((verb) => ({
    verb,
    group: 'holdfast.dev',
    resource: 'breakglassgrants',
    namespace,
  }));
}
