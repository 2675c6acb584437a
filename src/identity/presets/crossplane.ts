/** What Crossplane writes into objects that Git declares. Source: crossplane/crossplane, main (0203945). */
import type { OperatorPreset } from './operator-preset.ts';

/** By the part of Crossplane. */
export const CROSSPLANE: OperatorPreset = {
  title: 'Crossplane',
  source: 'crossplane/crossplane, main (0203945)',
  namespace: 'crossplane-system',
  notes: 'Providers have accounts of their own, and need entries of their own.',
  accounts: {
    core: {
      serviceAccount: 'crossplane',
      rules: [
        {
          why: 'It keeps a definition until its resources are gone.',
          readIn:
            'internal/controller/apiextensions/definition/reconciler.go, internal/controller/apiextensions/offered/reconciler.go',
          verbs: ['UPDATE'],
          groups: ['apiextensions.crossplane.io'],
          resources: ['compositeresourcedefinitions'],
          paths: [
            'metadata.finalizers[defined.apiextensions.crossplane.io]',
            'metadata.finalizers[offered.apiextensions.crossplane.io]',
          ],
        },
        {
          why: 'It keeps composite resources and claims until what they compose is gone.',
          readIn:
            'internal/controller/apiextensions/composite/reconciler.go, internal/controller/apiextensions/claim/reconciler.go',
          verbs: ['UPDATE'],
          groups: ['*'],
          resources: ['*'],
          paths: [
            'metadata.finalizers[composite.apiextensions.crossplane.io]',
            'metadata.finalizers[finalizer.apiextensions.crossplane.io]',
          ],
          undeclared: true,
        },
      ],
    },
  },
};
