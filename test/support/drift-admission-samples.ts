/** Webhook configurations and admission policies as the API server stores them. */
import type { OwnAdmission } from '../../src/drift/admission/admission-judge.ts';
import type { ObjectEvent } from '../../src/drift/object-event.ts';
import type { KubernetesObject, ManagedFieldsEntry } from '../../src/kubernetes/object.ts';
import { TRACKING_ID } from './drift-samples.ts';

/** Of a Holdfast whose registration is applied by hand. */
export const OWN_ADMISSION: OwnAdmission = {
  namespace: 'holdfast-system',
  fieldManagers: ['holdfast-registration'],
  registrations: ['holdfast'],
  keepsRegistrations: false,
  guards: ['webhooks.holdfast.dev'],
};

const GROUP = 'admissionregistration.k8s.io';

/** Where an object of one of these kinds is; `served` as the API server lists it. */
export function admissionPlace(
  kind: string,
  resource: string,
  name = 'injector',
): Pick<ObjectEvent, 'served' | 'key' | 'namespace' | 'name'> {
  return {
    served: { group: GROUP, version: 'v1', resource, kind, namespaced: false },
    key: `${GROUP}/${resource}//${name}`,
    namespace: '',
    name,
  };
}

/** The entry of a manager that owns one webhook, with these fields of its client. */
export function webhookEntry(
  manager: string,
  more: ManagedFieldsEntry = {},
  client: readonly string[] = ['service', 'caBundle'],
): ManagedFieldsEntry {
  return {
    manager,
    operation: 'Update',
    apiVersion: `${GROUP}/v1`,
    time: '2026-01-05T08:00:00Z',
    fieldsV1: {
      'f:webhooks': {
        '.': {},
        'k:{"name":"a.example.com"}': {
          '.': {},
          'f:name': {},
          'f:rules': {},
          'f:failurePolicy': {},
          'f:clientConfig': Object.fromEntries(client.map((field) => [`f:${field}`, {}])),
        },
      },
    },
    ...more,
  };
}

export interface WebhookOptions {
  readonly kind?: string;
  readonly version?: string;
  readonly entries?: readonly ManagedFieldsEntry[];
  readonly resources?: readonly string[];
  readonly failurePolicy?: string;
  readonly caBundle?: string;
  readonly service?: { readonly namespace: string; readonly name: string };
  /** @default 'injector' */
  readonly name?: string;
  /** With Argo CD's mark. */
  readonly marked?: boolean;
}

/** A configuration with one webhook. */
export function webhookConfiguration({
  kind = 'MutatingWebhookConfiguration',
  version = '10',
  entries = [webhookEntry('operator')],
  resources = ['pods'],
  failurePolicy = 'Ignore',
  caBundle = 'one',
  service = { namespace: 'istio-system', name: 'istiod' },
  name = 'injector',
  marked = false,
}: WebhookOptions = {}): KubernetesObject {
  return {
    apiVersion: `${GROUP}/v1`,
    kind,
    metadata: {
      name,
      uid: 'uid-1',
      generation: Number(version),
      resourceVersion: version,
      ...(marked && { annotations: { [TRACKING_ID]: `mesh:${GROUP}/${kind}:/${name}` } }),
      managedFields: entries,
    },
    webhooks: [
      {
        name: 'a.example.com',
        failurePolicy,
        clientConfig: { service, caBundle },
        rules: [
          {
            apiGroups: ['*'],
            apiVersions: ['*'],
            operations: ['CREATE', 'UPDATE'],
            resources,
            scope: '*',
          },
        ],
      },
    ],
  };
}
