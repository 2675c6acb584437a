/** How an Argo CD installation marks what it owns. Source: argo-cd util/settings/settings.go, ConfigMap argocd-cm. */
import { z } from 'zod';
import type { KubernetesObject } from '../object.ts';

export interface ArgocdSettings {
  readonly trackingMethod: 'annotation' | 'label' | 'annotation+label';
  readonly instanceLabelKey: string;
  readonly installationId?: string | undefined;
  /** Options that Argo CD gives to every `kustomize build`. Absent if it has none. */
  readonly kustomizeOptions?: string | undefined;
}

const dataSchema = z.record(z.string(), z.string());
const methodSchema = z.enum(['annotation', 'label', 'annotation+label']).catch('annotation');
const DEFAULT_LABEL_KEY = 'app.kubernetes.io/instance';
/** Prefix and name of a label key. Source: k8s.io/apimachinery validation. */
const KEY_CHARS_MAX = 317;

/**
 * What the ConfigMap says; the defaults of Argo CD 3 where a value is missing or one that Argo CD would not
 * accept.
 */
export function parseArgocdSettings(configMap: KubernetesObject | undefined): ArgocdSettings {
  const data = dataSchema.safeParse(configMap?.['data']).data ?? {};
  const method = textAt(data, 'application.resourceTrackingMethod');
  const labelKey = textAt(data, 'application.instanceLabelKey');
  const installationId = textAt(data, 'installationID');
  const kustomizeOptions = textAt(data, 'kustomize.buildOptions').trim();
  return {
    trackingMethod: methodSchema.parse(method),
    instanceLabelKey:
      labelKey === '' || labelKey.length > KEY_CHARS_MAX ? DEFAULT_LABEL_KEY : labelKey,
    ...(installationId !== '' && { installationId }),
    ...(kustomizeOptions !== '' && { kustomizeOptions }),
  };
}

function textAt(data: Readonly<Record<string, string>>, key: string): string {
  return data[key] ?? '';
}
