/** Service accounts, Secrets that keep their tokens, and pods that run under them. Source: k8s.io/api core/v1. */
import { z } from 'zod';
import type { KubernetesObject } from '../../kubernetes/object.ts';
import type { AccountReference, NodeMarks, PodFacts, TokenSecret } from './cluster-survey.ts';

const ACCOUNT_NAME = 'kubernetes.io/service-account.name';

/** `undefined` if it has no name or namespace. */
export function parseAccount({ metadata }: KubernetesObject): AccountReference | undefined {
  const { namespace, name } = metadata ?? {};
  return namespace === undefined || name === undefined ? undefined : { namespace, name };
}

/** `undefined` if it names no account. By its metadata alone. */
export function parseTokenSecret(secret: KubernetesObject): TokenSecret | undefined {
  const reference = parseAccount(secret);
  const account = secret.metadata?.annotations?.[ACCOUNT_NAME];
  return reference === undefined || account === undefined ? undefined : { ...reference, account };
}

/** `undefined` if it has no name. By its metadata alone. */
export function parseNode({ metadata }: KubernetesObject): NodeMarks | undefined {
  const name = metadata?.name;
  return name === undefined ? undefined : { name, labels: metadata?.labels ?? {} };
}

const podSchema = z.looseObject({
  metadata: z.looseObject({ name: z.string() }),
  spec: z.looseObject({
    serviceAccountName: z.string().default('default'),
    volumes: z
      .array(
        z.looseObject({
          projected: z
            .looseObject({
              sources: z
                .array(z.looseObject({ serviceAccountToken: z.looseObject({}).nullish() }))
                .nullish(),
            })
            .nullish(),
        }),
      )
      .nullish(),
  }),
  status: z.looseObject({ phase: z.string().default('') }).default({ phase: '' }),
});

/** `undefined` if it is not of this form. */
export function parsePod(value: unknown): PodFacts | undefined {
  const pod = podSchema.safeParse(value).data;
  if (pod === undefined) return undefined;
  const sources = (pod.spec.volumes ?? []).flatMap(({ projected }) => projected?.sources ?? []);
  return {
    name: pod.metadata.name,
    serviceAccount: pod.spec.serviceAccountName,
    isRunning: pod.status.phase === 'Running',
    hasBoundToken: sources.some(({ serviceAccountToken: token }) => isPresent(token)),
  };
}

function isPresent(value: unknown): boolean {
  return value !== undefined && value !== null;
}
