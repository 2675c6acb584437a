/** What stands in the repository of each test application before a test changes it. */
import type { GitFiles } from './git-server.ts';

const IMAGE = 'registry.local/web:1.0.0';

/** `settings.json` holds the ConfigMap `settings`; `web.json` the Service and the Deployment `web`. */
export function sampleFiles(): GitFiles {
  return { 'settings.json': settings(), 'web.json': [webService(), webDeployment()] };
}

/** The ConfigMap `settings`. */
export function settings(data: Readonly<Record<string, string>> = { greeting: 'hello' }): object {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'settings' }, data };
}

/** The Service `web`. */
export function webService(): object {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'web' },
    spec: { selector: { app: 'web' }, ports: [{ port: 80 }] },
  };
}

/** The Deployment `web`. */
export function webDeployment(
  options: { readonly image?: string | undefined; readonly replicas?: number | undefined } = {},
): object {
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'web', labels: { app: 'web' } },
    spec: {
      replicas: options.replicas ?? 1,
      selector: { matchLabels: { app: 'web' } },
      template: {
        metadata: { labels: { app: 'web' } },
        spec: {
          terminationGracePeriodSeconds: 0,
          containers: [{ name: 'web', image: options.image ?? IMAGE }],
        },
      },
    },
  };
}
