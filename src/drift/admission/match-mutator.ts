/** Whether a webhook configuration or an admission policy is one of those that the configuration names as harmless. */
import type { AdmissionScope } from './parse-admission-scopes.ts';

/** One that may change what Git declares: exactly this name, and each of its webhooks asks exactly this target. */
export interface KnownMutator {
  readonly name: string;
  /** `namespace/name` of a Service. */
  readonly service?: string | undefined;
  readonly url?: string | undefined;
}

/**
 * Without a target, only policies and bindings, which have none: anybody can choose the name of a webhook configuration, but who
 * answers at the Service of a product is whoever runs there.
 */
export function matchMutator(
  name: string,
  scopes: readonly Pick<AdmissionScope, 'target'>[],
  mutators: readonly KnownMutator[],
): boolean {
  return mutators.some(
    (known) =>
      known.name === name && scopes.every(({ target }) => target === (known.service ?? known.url)),
  );
}
