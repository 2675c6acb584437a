/** Approvers with keys of their own, and grants that they have signed. */
import assert from 'node:assert/strict';
import {
  generateSigningKeyText,
  readSigningKey,
  signText,
  type SigningKey,
} from '../../src/base/json-web-signature.ts';
import { GRANT_TYPE, type Grant } from '../../src/identity/grants/parse-grant.ts';
import type { Approver } from '../../src/identity/grants/verify-grant.ts';

export interface SigningApprover extends Approver {
  readonly key: SigningKey;
}

/** A person who may approve, with a new key. */
export async function makeApprover(name: string, username?: string): Promise<SigningApprover> {
  const read = await readSigningKey(generateSigningKeyText());
  assert.ok(read.ok);
  return { name, key: read.key, username };
}

export const GRANT_ID = '01JD3V9K2M8Q4W6X0Y2Z4A6B8C';

/** A grant for one hour from 2026-01-01T00:00:00Z: alice may change Deployments of namespace shop. */
export function sampleGrant(overrides: Partial<Grant> = {}): Grant {
  return {
    id: GRANT_ID,
    subject: 'alice',
    groups: [],
    scope: {
      clusters: ['prod-eu-1'],
      namespaces: ['shop'],
      resources: ['deployments.apps'],
      names: ['*'],
      verbs: ['UPDATE'],
    },
    reason: 'the checkout is down',
    ticket: 'INC-1',
    notBefore: '2026-01-01T00:00:00Z',
    expires: '2026-01-01T01:00:00Z',
    uses: 3,
    ...overrides,
  };
}

/** The grant with the signature of each approver. */
export async function approve(
  grant: object,
  approvers: readonly SigningApprover[],
): Promise<string> {
  const payload = JSON.stringify(grant);
  const signed = await Promise.all(approvers.map(({ key }) => signText(payload, key, GRANT_TYPE)));
  return signed.join(' ');
}
