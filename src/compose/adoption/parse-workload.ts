/** Deployments and StatefulSets: whose account they run under, and which program. Source: k8s.io/api apps/v1. */
import { z } from 'zod';
import type { Workload } from './cluster-survey.ts';

const containerSchema = z.looseObject({
  image: z.string().default(''),
  command: z.array(z.string()).nullish(),
  args: z.array(z.string()).nullish(),
  env: z.array(z.looseObject({ name: z.string(), value: z.string().nullish() })).nullish(),
});

const workloadSchema = z.looseObject({
  metadata: z.looseObject({
    namespace: z.string(),
    name: z.string(),
    creationTimestamp: z.string().default(''),
    labels: z.record(z.string(), z.string()).nullish(),
  }),
  spec: z.looseObject({
    replicas: z.number().default(1),
    template: z.looseObject({
      spec: z.looseObject({
        serviceAccountName: z.string().default('default'),
        containers: z.array(containerSchema).default([]),
      }),
    }),
  }),
});

/** `undefined` if it is not of this form. A list names no kind in its items, so that the caller does. */
export function parseWorkload(kind: Workload['kind'], value: unknown): Workload | undefined {
  const parsed = workloadSchema.safeParse(value).data;
  if (parsed === undefined) return undefined;
  const { metadata, spec } = parsed;
  const pod = spec.template.spec;
  return {
    kind,
    namespace: metadata.namespace,
    name: metadata.name,
    labels: metadata.labels ?? {},
    createdAt: metadata.creationTimestamp,
    replicas: spec.replicas,
    serviceAccount: pod.serviceAccountName === '' ? 'default' : pod.serviceAccountName,
    containers: pod.containers.map(({ image, command, args, env }) => ({
      image,
      words: [...(command ?? []), ...(args ?? [])],
      variables: Object.fromEntries((env ?? []).map(({ name, value: text }) => [name, text ?? ''])),
    })),
  };
}
