/** Mutating webhooks, as they are registered. Source: k8s.io/api admissionregistration/v1. */
import { z } from 'zod';
import type { MutatingWebhook } from './cluster-survey.ts';

const texts = z.array(z.string()).nullish();
const selectorSchema = z
  .looseObject({
    matchLabels: z.record(z.string(), z.string()).nullish(),
    matchExpressions: z.array(z.unknown()).nullish(),
  })
  .nullish();

const configurationSchema = z.looseObject({
  metadata: z.looseObject({ name: z.string() }),
  webhooks: z
    .array(
      z.looseObject({
        name: z.string(),
        failurePolicy: z.string().default('Fail'),
        timeoutSeconds: z.number().default(10),
        reinvocationPolicy: z.string().default('Never'),
        namespaceSelector: selectorSchema,
        objectSelector: selectorSchema,
        rules: z
          .array(z.looseObject({ apiGroups: texts, resources: texts, operations: texts }))
          .nullish(),
      }),
    )
    .nullish(),
});

/** All webhooks of a configuration; `undefined` if it is not of this form. */
export function parseMutatingWebhooks(value: unknown): readonly MutatingWebhook[] | undefined {
  const parsed = configurationSchema.safeParse(value).data;
  if (parsed === undefined) return undefined;
  return (parsed.webhooks ?? []).map((webhook) => ({
    configuration: parsed.metadata.name,
    name: webhook.name,
    failurePolicy: webhook.failurePolicy,
    timeoutSeconds: webhook.timeoutSeconds,
    reinvocationPolicy: webhook.reinvocationPolicy,
    rules: (webhook.rules ?? []).map(({ apiGroups, resources, operations }) => ({
      groups: apiGroups ?? [],
      resources: resources ?? [],
      operations: operations ?? [],
    })),
    isLimited: isNarrow(webhook.namespaceSelector) || isNarrow(webhook.objectSelector),
  }));
}

/** Whether a selector leaves anything out. */
function isNarrow(selector: z.output<typeof selectorSchema>): boolean {
  const labels = Object.keys(selector?.matchLabels ?? {});
  return labels.length + (selector?.matchExpressions ?? []).length > 0;
}
