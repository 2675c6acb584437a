/**
 * Verifies that enough distinct people have approved a grant. Needs no network and no clock: signatures are verified
 * once, validity is checked at each use (`match-grant.ts`).
 */
import {
  readUnverifiedPayload,
  verifyText,
  type VerificationKey,
  signText,
  type SigningKey,
} from '../../base/json-web-signature.ts';
import { GRANT_TYPE, parseGrant, type Grant } from './parse-grant.ts';

/** An approver, identified by a key that is kept outside the cluster. */
export interface Approver {
  readonly name: string;
  readonly key: VerificationKey;
  /** Their own username: an approver cannot approve a grant for themselves. */
  readonly username?: string | undefined;
}

export interface GrantRules {
  readonly approvers: readonly Approver[];
  readonly approvalsRequired: number;
}

export type VerifiedGrant =
  | { readonly ok: true; readonly grant: Grant; readonly approvers: readonly string[] }
  | {
      readonly ok: false;
      /** The unverified id of the payload, for messages only. */
      readonly id?: string | undefined;
      readonly subject?: string | undefined;
      readonly code: 'grant_malformed' | 'grant_signature_invalid' | 'grant_approvals_missing';
      readonly reason: string;
    };

/** The maximum number of approvals that are checked: each costs a signature verification. */
export const APPROVALS_MAX = 16;

/** Verifies the approvals of one grant: compact JSON web signatures over the same text, separated by white space. */
export async function verifyGrant(token: string, rules: GrantRules): Promise<VerifiedGrant> {
  const approvals = token.split(/\s+/u).filter((part) => part !== '');
  const [first] = approvals;
  const payload = first === undefined ? undefined : readUnverifiedPayload(first)?.payload;
  if (payload === undefined || approvals.length > APPROVALS_MAX) {
    const wanted = `1 to ${String(APPROVALS_MAX)} signatures`;
    return { ok: false, code: 'grant_malformed', reason: `it is not made of ${wanted}` };
  }
  const parsed = parseGrant(payload);
  if (!parsed.ok) return { ok: false, code: 'grant_malformed', reason: parsed.reason };
  const { grant } = parsed;
  const names = new Set<string>();
  for (const approval of approvals) {
    const checked = await checkApproval(approval, { payload, grant, rules });
    if (!checked.ok) {
      const { id, subject } = grant;
      return { ok: false, id, subject, code: 'grant_signature_invalid', reason: checked.reason };
    }
    if (checked.name !== undefined) names.add(checked.name);
  }
  if (names.size >= rules.approvalsRequired) {
    return { ok: true, grant, approvers: [...names].toSorted() };
  }
  const reason = `it has ${String(names.size)} of ${String(rules.approvalsRequired)} approvals`;
  const { id, subject } = grant;
  return { ok: false, id, subject, code: 'grant_approvals_missing', reason };
}

interface Approval {
  readonly payload: string;
  readonly grant: Grant;
  readonly rules: GrantRules;
}

async function checkApproval(
  approval: string,
  { payload, grant, rules }: Approval,
): Promise<
  { readonly ok: true; readonly name?: string } | { readonly ok: false; readonly reason: string }
> {
  const keys = rules.approvers.map(({ key }) => key);
  const verified = await verifyText(approval, keys, GRANT_TYPE);
  if (!verified.ok) {
    return { ok: false, reason: `one of its signatures is not valid: ${verified.reason}` };
  }
  // Stops an approval of another, smaller grant from being counted for this one.
  if (verified.payload !== payload) {
    return { ok: false, reason: 'its signatures approve different grants' };
  }
  // Two keys of one person count as one approver.
  const approver = rules.approvers.find(({ key }) => key.keyId === verified.keyId);
  return approver === undefined || approver.username === grant.subject
    ? { ok: true }
    : { ok: true, name: approver.name };
}

/** One approval of the grant's exact text: all approvers must sign the same text. */
export async function signGrant(payload: string, key: SigningKey): Promise<string> {
  return await signText(payload, key, GRANT_TYPE);
}
