/**
 * Whether an autoscaler decides how many replicas of an object run, so that a sync could take that decision back. What KEDA scales has
 * a HorizontalPodAutoscaler, too. Source: k8s.io/api autoscaling/v2 types.go (CrossVersionObjectReference).
 */
import { z } from 'zod';
import { isRecord } from '../../base/is-record.ts';
import type { KubernetesObject } from '../../kubernetes/object.ts';
import type { ObjectReference } from '../../kubernetes/object-reference.ts';
import { LAST_APPLIED } from '../../ownership/protected-keys.ts';

const listSchema = z.looseObject({
  items: z.array(
    z.looseObject({
      metadata: z.looseObject({ name: z.string() }),
      spec: z.looseObject({
        scaleTargetRef: z.looseObject({
          apiVersion: z.string().default(''),
          kind: z.string(),
          name: z.string(),
        }),
      }),
    }),
  ),
});

/** The name of one that targets the object; `unreadable` where the list cannot be understood. */
export function matchAutoscaler(
  list: unknown,
  { group, kind, name }: Pick<ObjectReference, 'group' | 'kind' | 'name'>,
):
  | { readonly status: 'none' }
  | { readonly status: 'found'; readonly autoscaler: string }
  | { readonly status: 'unreadable' } {
  const parsed = listSchema.safeParse(list);
  if (!parsed.success) return { status: 'unreadable' };
  const found = parsed.data.items.find(({ spec: { scaleTargetRef: target } }) => {
    const [first = '', second] = target.apiVersion.split('/');
    const targetGroup = second === undefined ? '' : first;
    return target.kind === kind && target.name === name && targetGroup === group;
  });
  return found === undefined
    ? { status: 'none' }
    : { status: 'found', autoscaler: found.metadata.name };
}

/** Whether the object has a number of replicas at all. */
export function hasReplicas(object: KubernetesObject): boolean {
  const spec = object['spec'];
  return isRecord(spec) && typeof spec['replicas'] === 'number';
}

/**
 * Whether Git surely declares no number of replicas: a client-side apply keeps a copy of what it declared. managedFields do not tell: the
 * autoscaler's write takes the field away from whoever declared it (structured-merge-diff).
 */
export function declaresNoReplicas(intended: KubernetesObject): boolean {
  const copy = intended.metadata?.annotations?.[LAST_APPLIED];
  if (typeof copy !== 'string') return false;
  try {
    const declared: unknown = JSON.parse(copy);
    const spec = isRecord(declared) ? declared['spec'] : undefined;
    return isRecord(spec) && !Object.hasOwn(spec, 'replicas');
  } catch {
    return false;
  }
}
