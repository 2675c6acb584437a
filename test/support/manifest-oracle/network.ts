/** Services of each type, and what routes to them. */
import { clusterWide, namespaced } from './oracle-case.ts';
import type { OracleCase } from './oracle-case.ts';

const SERVICE = ['v1', 'Service', 'services'] as const;
/** Network kinds. */
export const NETWORK: readonly OracleCase[] = [
  namespaced('Service', SERVICE, {
    spec: {
      selector: { app: 'a' },
      ports: [{ port: 80 }, { name: 'dns', port: 53, protocol: 'UDP', targetPort: 'dns' }].map(
        (port, index) => ({ name: `p${index}`, ...port }),
      ),
    },
  }),
  namespaced('Service without an address', SERVICE, {
    spec: { clusterIP: 'None', selector: { app: 'a' }, ports: [{ port: 80 }] },
  }),
  namespaced('Service on nodes', SERVICE, {
    spec: { type: 'NodePort', selector: { app: 'a' }, ports: [{ port: 80, targetPort: 8080 }] },
  }),
  namespaced('Service with a balancer', SERVICE, {
    spec: {
      type: 'LoadBalancer',
      externalTrafficPolicy: 'Local',
      selector: { app: 'a' },
      ports: [{ port: 80 }],
    },
  }),
  namespaced('Service with affinity', SERVICE, {
    spec: {
      sessionAffinity: 'ClientIP',
      ports: [{ port: 80 }],
      externalIPs: [],
      publishNotReadyAddresses: false,
    },
  }),
  namespaced('Service of another name', SERVICE, {
    spec: { type: 'ExternalName', externalName: 'a.example' },
  }),
  namespaced('Ingress', ['networking.k8s.io/v1', 'Ingress', 'ingresses'], {
    spec: {
      rules: [
        {
          host: 'a.example',
          http: {
            paths: [
              {
                path: '/',
                pathType: 'Prefix',
                backend: { service: { name: 'a', port: { number: 80 } } },
              },
            ],
          },
        },
      ],
      tls: [{ hosts: ['a.example'], secretName: 't' }],
    },
  }),
  namespaced('NetworkPolicy', ['networking.k8s.io/v1', 'NetworkPolicy', 'networkpolicies'], {
    spec: {
      podSelector: {},
      ingress: [{ from: [{ namespaceSelector: {} }], ports: [{ port: 80 }] }],
    },
  }),
  namespaced(
    'NetworkPolicy both ways',
    ['networking.k8s.io/v1', 'NetworkPolicy', 'networkpolicies'],
    {
      spec: { podSelector: { matchLabels: { app: 'a' } }, ingress: [], egress: [{}] },
    },
  ),
  clusterWide('IngressClass', ['networking.k8s.io/v1', 'IngressClass', 'ingressclasses'], {
    spec: {
      controller: 'a.example/c',
      parameters: { kind: 'A', name: 'a', apiGroup: 'a.example' },
    },
  }),
];
