/** What KEDA writes into objects that Git declares. Source: github.com/kedacore/keda/v2 v2.21.0. */
import type { OperatorPreset } from './operator-preset.ts';

/** By the part of KEDA. */
export const KEDA: OperatorPreset = {
  title: 'KEDA',
  source: 'github.com/kedacore/keda/v2 v2.21.0',
  namespace: 'keda',
  notes: 'It scales only where an autoscaler from Git targets the object, and within its bounds.',
  accounts: {
    operator: {
      serviceAccount: 'keda-operator',
      rules: [
        {
          why: 'It scales what a ScaledObject targets.',
          readIn: 'controllers/keda/scaledobject_controller.go',
          verbs: ['UPDATE'],
          groups: ['*'],
          resources: ['*/scale'],
          paths: ['spec.replicas'],
          autoscaled: true,
        },
        {
          why: 'It keeps a ScaledObject until its target is scaled back, and labels it with its name.',
          readIn:
            'controllers/keda/scaledobject_finalizer.go, controllers/keda/scaledobject_controller.go',
          verbs: ['UPDATE'],
          groups: ['keda.sh'],
          resources: ['scaledobjects'],
          paths: [
            'metadata.finalizers[finalizer.keda.sh]',
            'metadata.labels["scaledobject.keda.sh/name"]',
          ],
        },
        {
          why: 'It keeps what it watches until it has let go.',
          readIn: 'controllers/keda/scaledjob_finalizer.go, controllers/keda/util/finalizer.go',
          verbs: ['UPDATE'],
          groups: ['keda.sh'],
          resources: ['clustertriggerauthentications', 'scaledjobs', 'triggerauthentications'],
          paths: ['metadata.finalizers[finalizer.keda.sh]'],
        },
        {
          why: 'It keeps event sources until it has let go.',
          readIn: 'controllers/eventing/finalizer.go',
          verbs: ['UPDATE'],
          groups: ['eventing.keda.sh'],
          resources: ['cloudeventsources', 'clustercloudeventsources'],
          paths: ['metadata.finalizers[finalizer.keda.sh]'],
        },
      ],
    },
  },
};
