/** Reads `.signatures.json` and what its token says. Source: the bundle signatures of Open Policy Agent. */
import { z } from 'zod';
import { parseStrictJson } from '../../base/strict-json.ts';
import { SIGNATURES_FILE, type BundleReading } from './bundle-files.ts';

/** OPA's name of the format itself, where it is named at all. */
const DEFAULT_PLUGIN = '_default';
/** The signed text is flat; who signs may add claims. */
const DEPTH_MAX = 16;

/** Those that nobody can find two contents for. OPA also takes MD5 and SHA-1. */
export const HASH_ALGORITHMS = {
  'SHA-256': 'sha256',
  'SHA-384': 'sha384',
  'SHA-512': 'sha512',
} as const;

export interface SignedFile {
  readonly name: string;
  readonly algorithm: keyof typeof HASH_ALGORITHMS;
  /** In hexadecimal, lower case. */
  readonly hash: string;
}

export interface SignedClaims {
  /** By name. */
  readonly files: ReadonlyMap<string, SignedFile>;
  /** What the bundle is for; empty where the signature does not say. */
  readonly scope: string;
  /** In seconds since 1970. */
  readonly expiresAt?: number | undefined;
  /** In seconds since 1970. */
  readonly notBefore?: number | undefined;
  /** In seconds since 1970: when it was signed. */
  readonly issuedAt?: number | undefined;
}

const signaturesSchema = z.strictObject({
  signatures: z.tuple([z.string()]),
  plugin: z.literal(['', DEFAULT_PLUGIN]).optional(),
});

const fileSchema = z.object({
  name: z.string(),
  algorithm: z.literal(['SHA-256', 'SHA-384', 'SHA-512']),
  hash: z.string().regex(/^(?:[0-9a-fA-F]{2}){32,64}$/u),
});

const claimsSchema = z.looseObject({
  files: z.array(fileSchema),
  scope: z.string().optional(),
  exp: z.number().optional(),
  nbf: z.number().optional(),
  // As far as a date of JavaScript goes, since it is printed and kept.
  iat: z.number().min(0).max(8.64e12).optional(),
});

/** The one token of the file. OPA takes one, too: which of several counts would be for an attacker to choose. */
export function parseSignatures(bytes: Uint8Array): BundleReading<string> {
  const written = parse(bytes, signaturesSchema, SIGNATURES_FILE);
  return written.ok ? { ok: true, value: written.value.signatures[0] } : written;
}

/** What was signed; the signature is verified before. */
export function parseClaims(payload: string): BundleReading<SignedClaims> {
  const written = parse(
    Buffer.from(payload),
    claimsSchema,
    `the signed text of ${SIGNATURES_FILE}`,
  );
  if (!written.ok) return written;
  const { scope = '', exp: expiresAt, nbf: notBefore, iat: issuedAt } = written.value;
  const files = new Map<string, SignedFile>();
  for (const { name, algorithm, hash } of written.value.files) {
    if (files.has(name)) {
      return { ok: false, reason: `the signature names "${name}" twice` };
    }
    files.set(name, { name, algorithm, hash: hash.toLowerCase() });
  }
  return { ok: true, value: { files, scope, expiresAt, notBefore, issuedAt } };
}

function parse<Value>(
  bytes: Uint8Array,
  schema: z.ZodType<Value>,
  what: string,
): BundleReading<Value> {
  const document = parseStrictJson(bytes, { depthMax: DEPTH_MAX });
  if (!document.ok) return { ok: false, reason: `${what} cannot be read: ${document.message}` };
  const parsed = schema.safeParse(document.value);
  if (parsed.success) return { ok: true, value: parsed.data };
  const [issue] = parsed.error.issues;
  const at = issue?.path.map(String).join('.');
  return { ok: false, reason: `${what} has another form: ${at}: ${issue?.message}` };
}
