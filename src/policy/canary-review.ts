/** A review that no user sends, for a bundle that is about to judge: whether its policies can be evaluated at all. */

/** An AdmissionRequest as JSON, of a dry run. */
export const CANARY_REQUEST_JSON: Uint8Array = new TextEncoder().encode(
  JSON.stringify({
    uid: '00000000-0000-0000-0000-000000000000',
    kind: { group: '', version: 'v1', kind: 'Pod' },
    resource: { group: '', version: 'v1', resource: 'pods' },
    requestKind: { group: '', version: 'v1', kind: 'Pod' },
    requestResource: { group: '', version: 'v1', resource: 'pods' },
    name: 'self-test',
    namespace: 'default',
    operation: 'CREATE',
    userInfo: { username: 'self-test', groups: ['system:authenticated'] },
    object: {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'self-test', namespace: 'default', labels: {} },
      spec: { containers: [{ name: 'self-test', image: 'registry.invalid/self-test:1' }] },
    },
    oldObject: null,
    dryRun: true,
    options: null,
  }),
);
