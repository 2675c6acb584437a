/** What argocd-cm and argocd-cmd-params-cm say. Source: argo-cd util/settings/settings.go, docs/operator-manual/argocd-cmd-params-cm.yaml. */
import { z } from 'zod';
import { parseArgocdSettings } from '../../kubernetes/lookup/parse-argocd-settings.ts';
import type { KubernetesObject } from '../../kubernetes/object.ts';
import type { ArgocdInstallationSettings } from './cluster-survey.ts';

const dataSchema = z.record(z.string(), z.string());

/** The defaults of Argo CD where a ConfigMap or a key is missing. */
export function parseArgocdConfiguration(maps: {
  readonly settings: KubernetesObject | undefined;
  readonly parameters: KubernetesObject | undefined;
}): ArgocdInstallationSettings {
  const settings = readData(maps.settings);
  return {
    marks: parseArgocdSettings(maps.settings),
    isSet: {
      trackingMethod: hasText(settings, 'application.resourceTrackingMethod'),
      instanceLabelKey: hasText(settings, 'application.instanceLabelKey'),
    },
    impersonation: settings['application.sync.impersonation.enabled'] === 'true',
    applicationNamespaces: parseNamespaces(
      readData(maps.parameters)['application.namespaces'] ?? '',
    ),
  };
}

/** A list with commas, as the flag, the variable and the ConfigMap have it. */
export function parseNamespaces(list: string): readonly string[] {
  return list
    .split(',')
    .map((pattern) => pattern.trim())
    .filter((pattern) => pattern !== '');
}

function readData(map: KubernetesObject | undefined): Readonly<Record<string, string>> {
  return dataSchema.safeParse(map?.['data']).data ?? {};
}

function hasText(data: Readonly<Record<string, string>>, key: string): boolean {
  return (data[key] ?? '') !== '';
}
