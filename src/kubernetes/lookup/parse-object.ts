/** Objects and lists as the API server returns them. */
import { z } from 'zod';
import type { KubernetesObject } from '../object.ts';

const text = z.string().optional();
const texts = z.record(z.string(), z.string()).nullish();

/** Fields that we read are validated; all others are carried unchanged. */
const objectSchema = z.looseObject({
  apiVersion: text,
  kind: text,
  metadata: z
    .looseObject({
      name: text,
      namespace: text,
      uid: text,
      resourceVersion: text,
      deletionTimestamp: z.string().nullish(),
      labels: texts,
      annotations: texts,
      ownerReferences: z
        .array(
          z.looseObject({
            apiVersion: z.string(),
            kind: z.string(),
            name: z.string(),
            uid: z.string(),
            controller: z.boolean().nullish(),
          }),
        )
        .nullish(),
      finalizers: z.array(z.string()).nullish(),
    })
    .nullish(),
});

const listSchema = z.looseObject({
  metadata: z.looseObject({ continue: text, resourceVersion: text }).nullish(),
  items: z.array(objectSchema).nullish(),
});

/** One page of a list; `next` is the token of the page after it. */
export interface ObjectPage {
  readonly items: readonly KubernetesObject[];
  readonly next?: string | undefined;
  /** The resource version of the list, from which a watch continues. */
  readonly resourceVersion?: string | undefined;
}

/** `undefined` if the value is not a Kubernetes object. */
export function parseObject(value: unknown): KubernetesObject | undefined {
  return objectSchema.safeParse(value).data;
}

/** `undefined` if the value is not a list. */
export function parsePage(value: unknown): ObjectPage | undefined {
  const list = listSchema.safeParse(value).data;
  if (list === undefined) return undefined;
  const { continue: next, resourceVersion } = list.metadata ?? {};
  return {
    items: list.items ?? [],
    ...(next !== undefined && next !== '' && { next }),
    ...(resourceVersion !== undefined && { resourceVersion }),
  };
}
