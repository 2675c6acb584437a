/** The settings section `manifests`: how objects are compared with what their commit declares. */
import { z } from 'zod';
import { limit } from '../../settings/limit.ts';
import { section } from '../../settings/value-schemas.ts';
import { RENDER_LIMITS } from '../render/settings.ts';
import { parsePathPattern } from './parse-path-pattern.ts';

const pathPatternSchema = z
  .string()
  .max(1024)
  .superRefine((text, context) => {
    const parsed = parsePathPattern(text);
    if (!parsed.ok) context.addIssue({ code: 'custom', message: parsed.reason });
  });

/** How objects are compared. */
export const manifestsSchema = section({
  requireManifestMatch: z
    .boolean()
    .default(false)
    .describe(
      'What the GitOps controller writes must be comparable with its commit: also where a plugin or a remote chart makes it.',
    ),
  mutated: z
    .array(pathPatternSchema)
    .max(1000)
    .readonly()
    .default([])
    .describe(
      'Fields that mutating webhooks of this cluster set, as denials print them: `spec.template.spec.containers[istio-proxy]`. `*` stands for any text within one step.',
    ),
  cacheCharsMax: limit(RENDER_LIMITS['manifests.cacheCharsMax']),
});

export type ManifestsSettings = z.output<typeof manifestsSchema>;
