/**
 * What proves that the API server reaches Holdfast: a webhook that fails closed, about one kind of object that nobody makes,
 * and a write of it that Holdfast refuses in any case.
 *
 * A refusal is a proof that nothing else gives: where the API server has not heard of the webhook yet, the write passes,
 * and where it cannot reach Holdfast or does not trust it, the error says so. The write is a dry run of a Lease, which
 * Holdfast's account may make anyway.
 */
import type { Manifest, RegistrationOptions } from './plan-registration.ts';

/** The name of the configuration. */
export const PROBE_NAME = 'holdfast-probe';
/** The name of its webhook. */
export const PROBE_WEBHOOK_NAME = 'probe.holdfast.dev';
/** Answers each review with a refusal. */
export const PROOF_PATH = '/prove';
const LABEL = 'registration.holdfast.dev/probe';
// Nobody waits for it but the controller, which asks again.
const TIMEOUT_SECONDS = 5;

/** The webhook configuration of the probe. */
export function planProbe({
  clientConfig,
  annotations = {},
  ownNamespace,
}: Pick<RegistrationOptions, 'annotations' | 'ownNamespace'> & {
  readonly clientConfig: Manifest;
}): Manifest {
  return {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'ValidatingWebhookConfiguration',
    metadata: {
      name: PROBE_NAME,
      labels: { 'app.kubernetes.io/name': 'holdfast', 'app.kubernetes.io/part-of': 'holdfast' },
      ...(Object.keys(annotations).length === 0 ? {} : { annotations }),
    },
    webhooks: [
      {
        name: PROBE_WEBHOOK_NAME,
        admissionReviewVersions: ['v1'],
        clientConfig,
        failurePolicy: 'Fail',
        sideEffects: 'None',
        timeoutSeconds: TIMEOUT_SECONDS,
        namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': ownNamespace } },
        objectSelector: { matchLabels: { [LABEL]: 'true' } },
        rules: [
          {
            apiGroups: ['coordination.k8s.io'],
            apiVersions: ['v1'],
            operations: ['CREATE'],
            resources: ['leases'],
            scope: 'Namespaced',
          },
        ],
      },
    ],
  };
}

/** The object whose making is refused. */
export function planProbeLease(ownNamespace: string): Manifest {
  return {
    apiVersion: 'coordination.k8s.io/v1',
    kind: 'Lease',
    metadata: { name: PROBE_NAME, namespace: ownNamespace, labels: { [LABEL]: 'true' } },
  };
}

/** Whether the API server's refusal is that of the probe, and not a failure to call it. */
export function classifyProof(reason: string): 'proven' | 'unreached' {
  return reason.includes('probe.holdfast.dev') && reason.includes('denied the request')
    ? 'proven'
    : 'unreached';
}
