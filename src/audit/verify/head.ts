/** Heads: signed statements of the end of a chain. A head proves that no entry before it was changed. */
import { parseJsonAs } from '../../base/parse-json-as.ts';
import { z } from 'zod';
import {
  readUnverifiedPayload,
  signText,
  verifyText,
  type SigningKey,
  type VerificationKey,
} from '../../base/json-web-signature.ts';

const HEAD_TYPE = 'holdfast-head+jwt';

const headSchema = z
  .strictObject({
    chain: z.string().min(1).max(64),
    cluster: z.string().max(253),
    replica: z.string().max(253),
    /** The last entry that the head covers; 0 if the chain is empty. */
    sequence: z.int().min(0),
    /** That entry's hash. */
    hash: z.string().regex(/^[0-9a-f]{64}$/u),
    time: z.iso.datetime(),
    /** The first sequence of the segment that contains the entry. */
    segment: z.int().min(1),
    /** Whether the segment was sealed. */
    sealed: z.boolean(),
  })
  .readonly();

/** What a head says. */
export type Head = z.output<typeof headSchema>;

export type HeadVerification =
  | { readonly ok: true; readonly head: Head; readonly keyId: string }
  | { readonly ok: false; readonly reason: string };

/** Signs a head: a compact JSON web signature. */
export async function signHead(head: Head, key: SigningKey): Promise<string> {
  return await signText(JSON.stringify(head), key, HEAD_TYPE);
}

/** Verifies one head's signature with the trusted keys, and its form. */
export async function verifyHead(
  jws: string,
  keys: readonly VerificationKey[],
): Promise<HeadVerification> {
  const verified = await verifyText(jws, keys, HEAD_TYPE);
  if (!verified.ok) return verified;
  const head = parseHead(verified.payload);
  if (head === undefined) return { ok: false, reason: 'it does not say what a head says' };
  return { ok: true, head, keyId: verified.keyId };
}

/** The unverified content of a head: the key that it needs, and its position. */
export function readUnverifiedHead(
  jws: string,
): { readonly head: Head; readonly keyId: string } | undefined {
  const read = readUnverifiedPayload(jws);
  const head = read && parseHead(read.payload);
  return head && { head, keyId: read.keyId };
}

function parseHead(payload: string): Head | undefined {
  return parseJsonAs(headSchema, payload);
}
