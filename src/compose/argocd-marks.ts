/** How Argo CD marks what it owns: as the configuration says, else as argocd-cm says, else as Argo CD does by default. */
import { parseArgocdSettings } from '../kubernetes/lookup/parse-argocd-settings.ts';
import type { ArgocdSettings } from '../kubernetes/lookup/parse-argocd-settings.ts';
import type { OwnershipSettings } from '../ownership/settings.ts';

/** The options of the mark finder, complete. */
export interface ArgocdMarks extends ArgocdSettings {
  readonly namespace: string;
}

/** `live` is absent where argocd-cm has not been read, or cannot be. */
export function argocdMarks(
  { namespace, trackingMethod, instanceLabelKey, installationId }: OwnershipSettings['argocd'],
  live: ArgocdSettings | undefined,
): ArgocdMarks {
  const settings = live ?? parseArgocdSettings(undefined);
  return {
    namespace,
    trackingMethod: trackingMethod ?? settings.trackingMethod,
    instanceLabelKey: instanceLabelKey ?? settings.instanceLabelKey,
    installationId: installationId ?? settings.installationId,
  };
}
