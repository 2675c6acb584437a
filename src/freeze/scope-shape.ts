/** Keys of a section that says what is frozen. */
import { z } from 'zod';
import {
  applicationPatternSchema,
  nameSchema,
  namespacePatternSchema,
} from '../settings/value-schemas.ts';

/** All that are given must hold. */
export const scopeShape = {
  applications: z
    .array(applicationPatternSchema)
    .min(1)
    .max(100)
    .readonly()
    .optional()
    .describe(
      'Only these applications, as `argocd/*-production`. Absent: what any application deploys.',
    ),
  namespaces: z
    .array(namespacePatternSchema)
    .min(1)
    .max(100)
    .readonly()
    .optional()
    .describe('Only objects in these namespaces. Absent: in all, and outside of them.'),
  clusters: z
    .array(nameSchema)
    .min(1)
    .max(100)
    .readonly()
    .optional()
    .describe(
      'Only where `cluster.name` is one of these, for a file that several clusters have. Absent: everywhere.',
    ),
};
