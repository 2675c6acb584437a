/** Watches the ConfigMap argocd-cm, which configures how Argo CD marks its objects. */
import type { KubernetesObject } from '../object.ts';
import { parseArgocdSettings } from '../lookup/parse-argocd-settings.ts';
import type { ArgocdSettings } from '../lookup/parse-argocd-settings.ts';
import type { ResourceStore } from './object-table.ts';

/** Reports the settings after each change; the defaults of Argo CD if the ConfigMap does not exist. */
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
    // No further events arrive: the last known settings stay in force.
    clear: () => undefined,
  };
}
