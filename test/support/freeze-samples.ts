/** `Freeze` objects as the API server gives them. */

export const CREATED = '2026-11-30T12:00:00Z';
export const EXPIRES = '2026-11-30T14:00:00Z';

/** Made by alice for two hours, for everything. */
export function sampleFreeze(
  spec: Readonly<Record<string, unknown>> = {},
  name = 'freeze-1',
): { readonly metadata: Readonly<Record<string, unknown>>; readonly spec: object } {
  return {
    metadata: {
      name,
      namespace: 'holdfast-system',
      creationTimestamp: CREATED,
      resourceVersion: '7',
    },
    spec: { by: 'alice', reason: 'the checkout is being repaired', expires: EXPIRES, ...spec },
  };
}
