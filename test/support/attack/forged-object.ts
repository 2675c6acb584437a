/** An object that nobody declared, with the mark of the application that is named like its namespace. */
export function forgedObject(namespace: string): object {
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: {
      name: 'forged',
      annotations: {
        'argocd.argoproj.io/tracking-id': `${namespace}:/ConfigMap:${namespace}/forged`,
      },
    },
  };
}
