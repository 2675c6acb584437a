/** What AWS Load Balancer Controller writes into objects that Git declares. Source: kubernetes-sigs/aws-load-balancer-controller, main (012e132, 043f39b, 0386cd3). */
import type { OperatorPreset } from './operator-preset.ts';

/** By the part of AWS Load Balancer Controller. */
export const AWS_LOAD_BALANCER_CONTROLLER: OperatorPreset = {
  title: 'AWS Load Balancer Controller',
  source: 'kubernetes-sigs/aws-load-balancer-controller, main (012e132, 043f39b, 0386cd3)',
  namespace: 'kube-system',
  notes: '',
  accounts: {
    controller: {
      serviceAccount: 'aws-load-balancer-controller',
      rules: [
        {
          why: 'It keeps an Ingress until its load balancer is gone.',
          readIn: 'pkg/ingress/finalizer.go',
          verbs: ['UPDATE'],
          groups: ['networking.k8s.io'],
          resources: ['ingresses'],
          paths: [
            'metadata.finalizers[ingress.k8s.aws/resources]',
            'metadata.finalizers[group.ingress.k8s.aws/*]',
          ],
        },
        {
          why: 'It keeps a Service until its load balancer is gone.',
          readIn: 'controllers/service/service_controller.go',
          verbs: ['UPDATE'],
          groups: [''],
          resources: ['services'],
          paths: ['metadata.finalizers[service.k8s.aws/resources]'],
        },
        {
          why: 'It keeps a binding until its targets are gone.',
          readIn: 'controllers/elbv2/targetgroupbinding_controller.go',
          verbs: ['UPDATE'],
          groups: ['elbv2.k8s.aws'],
          resources: ['targetgroupbindings'],
          paths: ['metadata.finalizers[elbv2.k8s.aws/resources]'],
        },
        {
          why: 'It reports the readiness gates of pods.',
          readIn: 'config/rbac/role.yaml',
          verbs: ['UPDATE'],
          groups: [''],
          resources: ['pods/status'],
          paths: ['status.conditions'],
        },
      ],
    },
  },
};
