/** The settings section `kubernetes.hub`: the cluster in which Argo CD runs, where it deploys to this one from another. */
import { z } from 'zod';
import { KIB, MINUTE, limit, type LimitRows } from '../../settings/limit.ts';
import { pathSchema, section } from '../../settings/value-schemas.ts';
import { normalizeServer } from './match-destination.ts';

/** Rows of the table of limits. */
export const HUB_LIMITS = {
  'kubernetes.hub.keptMs': {
    default: 5 * MINUTE,
    minimum: 0,
    maximum: 60 * MINUTE,
    unit: 'milliseconds',
    reason:
      "A sync that runs while the hub's API server restarts must finish; whoever cuts the hub off must not gain hours",
    overflow: 'The writer is refused with the code hub_unavailable until the hub answers again',
    metric: 'holdfast_hub_lookups_total',
  },
  'kubernetes.hub.entriesMax': {
    default: 100_000,
    minimum: 0,
    maximum: 5_000_000,
    unit: 'items',
    reason:
      'One for each Application of this cluster, one for each object that it lists and one for each KiB of it: 100 MiB at most',
    overflow:
      'Nothing is kept of the hub: Applications are read one by one, and what they list is unavailable; it is tried again every ten minutes',
    metric: 'holdfast_hub_entries',
  },
  'kubernetes.hub.applicationCharsMax': {
    default: 256 * KIB,
    minimum: 0,
    maximum: 2048 * KIB,
    unit: 'characters',
    reason: 'Without its status, an Application has a few KiB; inline Helm values make it larger',
    overflow: 'What it lists is kept, but nothing of its operation for the time of an outage',
    metric: 'none',
  },
} as const satisfies LimitRows;

/** How Argo CD writes the cluster that it runs in itself. */
const HUB_ITSELF: ReadonlySet<string> = new Set([
  'https://kubernetes.default.svc',
  'https://kubernetes.default',
  'in-cluster',
]);

const NOT_THE_HUB =
  'Expected the address or name of this cluster, as the hub has it: this one is the hub itself. Where Argo CD runs in this cluster, leave out kubernetes.hub';

const serverSchema = z
  .string()
  .max(2048)
  .regex(
    /^https:\/\/[^\s/?#]+(?:\/[^\s?#]*)?$/u,
    'Expected an address such as "https://10.0.0.1:6443"',
  )
  .refine((server) => !HUB_ITSELF.has(normalizeServer(server)), { error: NOT_THE_HUB });

const clusterNameSchema = z
  .string()
  .min(1)
  .max(253)
  .refine((name) => !HUB_ITSELF.has(name), { error: NOT_THE_HUB });

/** Which cluster this one is for the hub. */
const hubClusterSchema = section({
  servers: z
    .array(serverSchema)
    .max(100)
    .readonly()
    .default([])
    .describe('Its addresses, as Applications have them in `spec.destination.server`.'),
  names: z
    .array(clusterNameSchema)
    .max(100)
    .readonly()
    .default([])
    .describe('Its names, as Applications have them in `spec.destination.name`.'),
  secret: z
    .string()
    .regex(/^[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?$/u, 'Expected the name of a Secret')
    .optional()
    .describe(
      'The cluster Secret of this cluster in the namespace of Argo CD: its address and name count, too. The account must be able to read this one Secret.',
    ),
}).refine(
  ({ servers, names, secret }) => servers.length + names.length > 0 || secret !== undefined,
  {
    error: 'Expected servers, names or secret: otherwise no Application is for this cluster',
  },
);

/** The hub of Argo CD. */
export const hubSchema = section({
  kubeconfigFile: pathSchema.describe(
    'The kubeconfig of an account that may read Applications on the hub, and nothing else. It is read again when it changes.',
  ),
  cluster: hubClusterSchema.describe('Which cluster this one is for the hub.'),
  anyNamespace: z
    .boolean()
    .default(false)
    .describe(
      'Whether Applications in other namespaces than that of Argo CD count, too. The account needs a ClusterRole then.',
    ),
  /** For so long what was read last lets a sync go on while the hub does not answer. */
  keptMs: limit(HUB_LIMITS['kubernetes.hub.keptMs']),
  entriesMax: limit(HUB_LIMITS['kubernetes.hub.entriesMax']),
  applicationCharsMax: limit(HUB_LIMITS['kubernetes.hub.applicationCharsMax']),
});

export type HubSettings = z.output<typeof hubSchema>;
