/** What is registered of us: the caBundle of each of our webhooks. Source: admissionregistration.k8s.io/v1. */
import type { X509Certificate } from 'node:crypto';
import { z } from 'zod';
import { parseCertificates } from './parse-certificates.ts';

const schema = z.looseObject({
  metadata: z.looseObject({ resourceVersion: z.string() }),
  webhooks: z
    .array(
      z.looseObject({
        name: z.string(),
        clientConfig: z.looseObject({ caBundle: z.string().nullish() }).nullish(),
      }),
    )
    .nullish(),
});

/** The resources of the two kinds of configurations. */
export const REGISTERED_RESOURCES = [
  'validatingwebhookconfigurations',
  'mutatingwebhookconfigurations',
] as const;
export type RegisteredResource = (typeof REGISTERED_RESOURCES)[number];

export interface RegisteredWebhook {
  readonly name: string;
  /** Empty where the API server's own trust decides, or the text is damaged: it then trusts nothing of ours. */
  readonly authorities: readonly X509Certificate[];
  /** Whether a caBundle is there at all. */
  readonly hasBundle: boolean;
}

export interface RegisteredConfiguration {
  readonly resource: RegisteredResource;
  readonly resourceVersion: string;
  readonly webhooks: readonly RegisteredWebhook[];
}

/** `undefined` for anything that is no webhook configuration. Webhooks of other names are not ours and left out. */
export function parseRegistered(
  resource: RegisteredResource,
  object: unknown,
  ownNames: ReadonlySet<string>,
): RegisteredConfiguration | undefined {
  const parsed = schema.safeParse(object);
  if (!parsed.success) return undefined;
  const { metadata, webhooks } = parsed.data;
  return {
    resource,
    resourceVersion: metadata.resourceVersion,
    webhooks: (webhooks ?? [])
      .filter(({ name }) => ownNames.has(name))
      .map(({ name, clientConfig }) => {
        const bundle = clientConfig?.caBundle ?? '';
        const pem = Buffer.from(bundle, 'base64').toString('utf8');
        return { name, authorities: parseCertificates(pem), hasBundle: bundle !== '' };
      }),
  };
}
