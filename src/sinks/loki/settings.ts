/** Settings of sinks of the type `loki`. */
import { z } from 'zod';
import { sinkSection, type TimedSettings } from '../../delivery/settings.ts';
import { httpTargetSchema } from '../../settings/target-schemas.ts';
import { hasOneCredential, httpShape, ONE_CREDENTIAL } from '../http/settings.ts';

/** Grafana Loki's push API. */
export const lokiSinkSchema = sinkSection('loki', {
  url: httpTargetSchema.describe('The base address, without `/loki/api/v1/push`.'),
  ...httpShape,
  tenant: z
    .string()
    .regex(/^[A-Za-z0-9!_.*'()-]{1,150}$/u, 'Expected the name of a tenant')
    .optional()
    .describe('Sent in the header X-Scope-OrgID.'),
  labels: z
    .record(
      z
        .string()
        .regex(
          /^(?!(?:cluster|replica|decision)$|__)[A-Za-z_][A-Za-z0-9_]{0,62}$/u,
          'Expected the name of a label other than "cluster", "replica" and "decision"',
        ),
      z.string().min(1).max(128),
    )
    .refine((labels) => Object.keys(labels).length <= 8, { error: 'Expected at most 8 labels' })
    .readonly()
    .default({ job: 'holdfast' })
    .describe('Labels that are added to `cluster`, `replica` and `decision` on every stream.'),
}).refine(hasOneCredential, ONE_CREDENTIAL);

export type LokiSinkSettings = TimedSettings<typeof lokiSinkSchema>;
