/** A webhook of our registration, as the API server has it. Source: admissionregistration.k8s.io/v1. */
import { z } from 'zod';

const webhookSchema = z.looseObject({
  name: z.string(),
  failurePolicy: z.enum(['Fail', 'Ignore']).default('Fail'),
  timeoutSeconds: z.number().default(10),
  clientConfig: z.looseObject({ caBundle: z.string().optional() }),
});

/** Of both kinds of webhook configurations. */
export const webhookConfigurationSchema = z.looseObject({
  webhooks: z.array(webhookSchema).default([]),
});

export type RegisteredWebhook = z.output<typeof webhookSchema>;
