/**
 * Whose credentials pull the images of a Pod. Source: Kubernetes API, PodSpec (`imagePullSecrets`, `serviceAccountName`).
 */
import { z } from 'zod';

/** What decides which credentials the kubelet shows to registries for a Pod. */
export interface PullScope {
  readonly namespace: string;
  /** Names of Secrets in the namespace, in the order of the Pod. */
  readonly pullSecrets: readonly string[];
  /** Its pull secrets count where the Pod names none, as its admission writes them into the Pod. */
  readonly serviceAccount: string;
}

const DEFAULT_SERVICE_ACCOUNT = 'default';

const referencesSchema = z.array(z.looseObject({ name: z.string().nullish() })).nullish();

const podSpecSchema = z.looseObject({
  imagePullSecrets: referencesSchema.catch(undefined),
  serviceAccountName: z.string().nullish().catch(undefined),
  serviceAccount: z.string().nullish().catch(undefined),
});

/** Of a PodSpec that may be anything: what cannot be read gives no credential. */
export function pullSecretsOf(podSpec: unknown): Pick<PullScope, 'pullSecrets' | 'serviceAccount'> {
  const spec = podSpecSchema.safeParse(podSpec).data;
  // The older name is still read where the new one is absent.
  const account = spec?.serviceAccountName || spec?.serviceAccount || DEFAULT_SERVICE_ACCOUNT;
  return { pullSecrets: namesOf(spec?.imagePullSecrets), serviceAccount: account };
}

/** Names of Secrets. The API server accepts entries without a name, which the kubelet ignores. */
export function namesOf(references: z.output<typeof referencesSchema>): readonly string[] {
  return [...new Set((references ?? []).flatMap(({ name }) => (name ? [name] : [])))];
}

/**
 * The scope as a key of verdicts, without reading anything. Two Pods share a verdict only if the same credentials pull for both: a
 * tenant must not learn of an image that only another may read. The order counts, as the first credential for a registry is used.
 */
export function formatCredentialScope({
  namespace,
  pullSecrets,
  serviceAccount,
}: PullScope): string {
  const named = pullSecrets.length > 0 ? pullSecrets : { serviceAccount };
  return JSON.stringify([namespace, named]);
}
