/** Watches the ConfigMap argocd-cm, which configures how Argo CD marks its objects. */
import { parseArgocdSettings } from '../lookup/parse-argocd-settings.ts';
import type { ArgocdSettings } from '../lookup/parse-argocd-settings.ts';
import type { ResourceStore } from './object-table.ts';
import { createSingleObjectStore } from './single-object-store.ts';

/** Reports the settings after each change; the defaults of Argo CD if the ConfigMap does not exist. */
export function createSettingsStore(onSettings: (settings: ArgocdSettings) => void): ResourceStore {
  let told = '';
  return createSingleObjectStore((object) => {
    const settings = parseArgocdSettings(object);
    const text = JSON.stringify(settings);
    if (text === told) return;
    told = text;
    onSettings(settings);
  });
}
