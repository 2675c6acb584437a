/** An approver's signature under a grant. */
import { signText, type SigningKey } from '../../base/json-web-signature.ts';
import { GRANT_TYPE } from './parse-grant.ts';

/** One approval of the grant's exact text: others sign the same text, or their approvals do not count together. */
export async function signGrant(payload: string, key: SigningKey): Promise<string> {
  return await signText(payload, key, GRANT_TYPE);
}
