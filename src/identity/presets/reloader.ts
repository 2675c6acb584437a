/** What Reloader writes into objects that Git declares. Source: stakater/Reloader, master (0b0679b, 08f16d1). */
import type { OperatorPreset } from './operator-preset.ts';

/** By the part of Reloader. */
export const RELOADER: OperatorPreset = {
  title: 'Reloader',
  source: 'stakater/Reloader, master (0b0679b, 08f16d1)',
  namespace: 'reloader',
  notes:
    'A container without variables gets its list as a whole, which is refused: use `--reload-strategy=annotations`.',
  accounts: {
    reloader: {
      serviceAccount: 'reloader-reloader',
      rules: [
        {
          why: 'It restarts pods by an annotation, or by a variable of theirs.',
          readIn: 'internal/pkg/constants/constants.go, internal/pkg/handler/upgrade.go',
          verbs: ['UPDATE'],
          groups: ['apps'],
          resources: ['daemonsets', 'deployments', 'statefulsets'],
          paths: [
            'spec.template.metadata.annotations["reloader.stakater.com/last-reloaded-from"]',
            'spec.template.spec.containers[*].env[STAKATER_*]',
          ],
        },
      ],
    },
  },
};
