/** Reads a Kubernetes Secret: its labels, and its values in base64. Source: Kubernetes API, core/v1 Secret. */
import { z } from 'zod';

const secretSchema = z.looseObject({
  metadata: z.looseObject({
    name: z.string(),
    namespace: z.string(),
    uid: z.string().nullish(),
    resourceVersion: z.string().nullish(),
    labels: z.record(z.string(), z.string()).nullish(),
  }),
  type: z.string().nullish(),
  data: z.record(z.string(), z.string()).nullish(),
});

export interface SecretData {
  readonly name: string;
  readonly namespace: string;
  /** For example `kubernetes.io/dockerconfigjson`; `Opaque` where none is said. */
  readonly type: string;
  /** Another one for each content: the uid and the resource version. */
  readonly version: string;
  readonly labels: Readonly<Record<string, string>>;
  /** The value of a key as text; `undefined` if it is absent or empty. */
  readonly text: (key: string) => string | undefined;
}

/** `undefined` for anything that is no Secret. Nothing of it is repeated in a message. */
export function readSecretData(object: unknown): SecretData | undefined {
  const parsed = secretSchema.safeParse(object);
  if (!parsed.success) return undefined;
  const { metadata } = parsed.data;
  const values = new Map(Object.entries(parsed.data.data ?? {}));
  return {
    name: metadata.name,
    namespace: metadata.namespace,
    type: parsed.data.type ?? 'Opaque',
    version: `${metadata.uid ?? ''}/${metadata.resourceVersion ?? ''}`,
    labels: metadata.labels ?? {},
    text: (key) => {
      const text = Buffer.from(values.get(key) ?? '', 'base64').toString('utf8');
      return text === '' ? undefined : text;
    },
  };
}
