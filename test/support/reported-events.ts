/** What Falco and the notifications of Argo CD send. Sources: falco.org "Falco Alerts"; the template of docs/intake.md. */

/** `more` replaces members. */
export function sentFalcoEvent(more: object = {}): Readonly<Record<string, unknown>> {
  return {
    uuid: '6f1d2c3b-0000-4000-8000-000000000001',
    hostname: 'node-1',
    time: '2026-01-05T08:00:00.123456789Z',
    rule: 'Terminal shell in container',
    priority: 'Notice',
    source: 'syscall',
    output: 'A shell was spawned in a container with an attached terminal',
    tags: ['T1059', 'container', 'shell'],
    output_fields: {
      'container.id': '3b1f',
      'container.name': 'app',
      'evt.time': 1767600000123456789n.toString(),
      'k8s.ns.name': 'shop',
      'k8s.pod.name': 'checkout-5d4f',
      'proc.cmdline': 'sh',
      'user.name': 'root',
    },
    ...more,
  };
}

/** `more` replaces members. */
export function sentNotification(more: object = {}): Readonly<Record<string, unknown>> {
  return {
    application: 'checkout',
    namespace: 'argocd',
    sync: 'OutOfSync',
    health: 'Healthy',
    phase: 'Failed',
    revision: 'e69de29bb2d1d6434b8b29ae775ad8c2e48c5391',
    message: 'one or more objects failed to apply',
    finishedAt: '2026-01-05T08:00:00Z',
    ...more,
  };
}
