/**
 * Who asked Argo CD for an operation, as the operation says.
 *
 * Argo CD's server writes the name of the person who is logged in there; the API server knows only the server's account. So it is a claim:
 * it is recorded, and nothing is decided by it. Source: argo-cd pkg/apis/application/v1alpha1 types.go (OperationInitiator).
 */
import { z } from 'zod';
import { formatText } from '../base/format-value.ts';

export interface ClaimedInitiator {
  /** The name in Argo CD; empty where it names nobody. */
  readonly username: string;
  /** The application controller syncs by itself. */
  readonly automated: boolean;
}

/** The longest name that is kept, in characters: identity providers give addresses and subjects. */
const NAME_CHARS_MAX = 256;

const operation = z.looseObject({
  initiatedBy: z
    .looseObject({ username: z.string().nullish(), automated: z.boolean().nullish() })
    .nullish(),
});

/** From an Application's `operation`; `undefined` where it says nobody. */
export function parseInitiator(value: unknown): ClaimedInitiator | undefined {
  const parsed = operation.safeParse(value);
  const { username, automated } = parsed.data?.initiatedBy ?? {};
  if (!username && automated !== true) return undefined;
  return { username: formatText(username ?? '', NAME_CHARS_MAX), automated: automated ?? false };
}
