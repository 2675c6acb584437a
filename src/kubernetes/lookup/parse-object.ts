/** Objects and lists as the API server answers them. */
import { z } from 'zod';
import type { KubernetesObject } from '../object.ts';

const text = z.string().optional();
const texts = z.record(z.string(), z.string()).nullish();

/** What is read is checked; everything else is carried as it came. */
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
  /** The state of the cluster that the list shows: where a watch goes on. */
  readonly resourceVersion?: string | undefined;
}

/** `undefined` where the value is no Kubernetes object. */
export function parseObject(value: unknown): KubernetesObject | undefined {
  return objectSchema.safeParse(value).data;
}

/** `undefined` where the value is no list. */
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
