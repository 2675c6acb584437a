/** A LogEntry of a GKE cluster, as Cloud Logging exports it. Source: Google Cloud, "LogEntry" and "AuditLog". */

/** `more` replaces members of the payload. */
export function gkeEntry(more: object = {}): Readonly<Record<string, unknown>> {
  return {
    insertId: 'c1a6a1d2-0c0f-4c0e-9d6e-0f6a2c1d3e4f',
    logName: 'projects/example/logs/cloudaudit.googleapis.com%2Factivity',
    resource: {
      type: 'k8s_cluster',
      labels: { cluster_name: 'prod', location: 'europe-west1', project_id: 'example' },
    },
    timestamp: '2026-01-05T08:00:00.123456Z',
    receiveTimestamp: '2026-01-05T08:00:05.000000000Z',
    labels: { 'authorization.k8s.io/decision': 'allow' },
    operation: {
      id: 'c1a6a1d2-0c0f-4c0e-9d6e-0f6a2c1d3e4f',
      first: true,
      last: true,
      producer: 'k8s.io',
    },
    protoPayload: {
      '@type': 'type.googleapis.com/google.cloud.audit.AuditLog',
      serviceName: 'k8s.io',
      methodName: 'io.k8s.apps.v1.deployments.scale.patch',
      resourceName: 'apps/v1/namespaces/shop/deployments/checkout/scale',
      authenticationInfo: { principalEmail: 'alice@example.com' },
      authorizationInfo: [
        {
          granted: true,
          permission: 'io.k8s.apps.v1.deployments.scale.patch',
          resource: 'apps/v1/namespaces/shop/deployments/checkout/scale',
        },
      ],
      requestMetadata: { callerIp: '203.0.113.9', callerSuppliedUserAgent: 'kubectl/v1.36.0' },
      request: { '@type': 'apps.k8s.io/v1.Patch', spec: { replicas: 0 } },
      status: {},
      ...more,
    },
  };
}
