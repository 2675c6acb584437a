/** A webhook of our registration, as the API server has it. Source: admissionregistration.k8s.io/v1. */
import { z } from 'zod';

const webhookSchema = z.looseObject({
  name: z.string(),
  failurePolicy: z.enum(['Fail', 'Ignore']).default('Fail'),
  timeoutSeconds: z.number().default(10),
  clientConfig: z.looseObject({
    caBundle: z.string().optional(),
    url: z.string().optional(),
    service: z
      .looseObject({
        namespace: z.string(),
        name: z.string(),
        // The API server's own default.
        port: z.number().default(443),
      })
      .optional(),
  }),
  rules: z
    .array(
      z.looseObject({
        apiGroups: z.array(z.string()).default([]),
        operations: z.array(z.string()).default([]),
        resources: z.array(z.string()).default([]),
      }),
    )
    .default([]),
});

/** Of both kinds of webhook configurations. */
export const webhookConfigurationSchema = z.looseObject({
  webhooks: z.array(webhookSchema).default([]),
});

export type RegisteredWebhook = z.output<typeof webhookSchema>;
