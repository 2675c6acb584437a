/** Follows one ConfigMap: argocd-cm, where Argo CD says how it marks what it owns. */
import type { KubernetesObject } from '../object.ts';
import { parseArgocdSettings } from '../lookup/parse-argocd-settings.ts';
import type { ArgocdSettings } from '../lookup/parse-argocd-settings.ts';
import type { ResourceStore } from './object-table.ts';

/** Tells the settings after each change of them; the defaults of Argo CD where there is no such ConfigMap. */
export function createSettingsStore(onSettings: (settings: ArgocdSettings) => void): ResourceStore {
  let told = '';
  let listed: KubernetesObject | undefined;
  const tell = (object: KubernetesObject | undefined): void => {
    const settings = parseArgocdSettings(object);
    const text = JSON.stringify(settings);
    if (text === told) return;
    told = text;
    onSettings(settings);
  };
  return {
    beginList: () => {
      listed = undefined;
    },
    put: (object) => {
      listed = object;
      tell(object);
      return true;
    },
    endList: () => {
      tell(listed);
    },
    remove: () => {
      tell(undefined);
    },
    // We are not told any more: what was known last holds.
    clear: () => undefined,
  };
}
