/** What Argo Rollouts writes into objects that Git declares. Source: github.com/argoproj/argo-rollouts v1.8.3. */
import type { OperatorPreset } from './operator-preset.ts';

/** By the part of Argo Rollouts. */
export const ARGO_ROLLOUTS: OperatorPreset = {
  title: 'Argo Rollouts',
  source: 'github.com/argoproj/argo-rollouts v1.8.3',
  namespace: 'argo-rollouts',
  notes:
    'Not covered: `workloadRef.scaleDown`, which sets the replicas of a Deployment, and header routes and mirrors of Istio, which add routes.',
  accounts: {
    controller: {
      serviceAccount: 'argo-rollouts',
      rules: [
        {
          why: 'It directs Services to the pods of a revision.',
          readIn: 'rollout/service.go, service/service.go',
          verbs: ['UPDATE'],
          groups: [''],
          resources: ['services'],
          paths: [
            'spec.selector.rollouts-pod-template-hash',
            'metadata.annotations["argo-rollouts.argoproj.io/managed-by-rollouts"]',
          ],
        },
        {
          why: 'It notes the revision of a Rollout.',
          readIn: 'utils/annotations/annotations.go',
          verbs: ['UPDATE'],
          groups: ['argoproj.io'],
          resources: ['rollouts'],
          paths: [
            'metadata.annotations["rollout.argoproj.io/revision"]',
            'metadata.annotations["rollout.argoproj.io/workload-generation"]',
          ],
        },
        {
          why: 'It shifts the weights of a VirtualService.',
          readIn: 'rollout/trafficrouting/istio/istio.go',
          verbs: ['UPDATE'],
          groups: ['networking.istio.io'],
          resources: ['virtualservices'],
          paths: [
            'spec.http[*].route[*].weight',
            'spec.tls[*].route[*].weight',
            'spec.tcp[*].route[*].weight',
          ],
        },
        {
          why: 'It directs subsets to the pods of a revision.',
          readIn: 'rollout/trafficrouting/istio/istio.go',
          verbs: ['UPDATE'],
          groups: ['networking.istio.io'],
          resources: ['destinationrules'],
          paths: ['spec.subsets[*].labels.rollouts-pod-template-hash'],
        },
        {
          why: 'It shifts the weights of an AWS load balancer.',
          readIn: 'utils/ingress/ingress.go',
          verbs: ['UPDATE'],
          groups: ['networking.k8s.io'],
          resources: ['ingresses'],
          paths: [
            'metadata.annotations["alb.ingress.kubernetes.io/actions.*"]',
            'metadata.annotations["rollouts.argoproj.io/managed-alb-actions"]',
            'metadata.annotations["rollouts.argoproj.io/managed-alb-annotations"]',
          ],
        },
        {
          why: 'It shifts the weights of Traefik.',
          readIn: 'rollout/trafficrouting/traefik/traefik.go',
          verbs: ['UPDATE'],
          groups: ['traefik.io'],
          resources: ['traefikservices'],
          paths: ['spec.weighted.services[*].weight'],
        },
      ],
    },
  },
};
