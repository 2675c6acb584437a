/** Digests of content. Source: OCI image specification, descriptor.md, section "Digests". */
import { createHash } from 'node:crypto';

export interface Digest {
  readonly algorithm: 'sha256' | 'sha512';
  /** Lower-case hexadecimal. */
  readonly hex: string;
  /** Both, as they are written. */
  readonly text: string;
}

/** The algorithms that the specification registers for all; undefined for others, and where the length is another. */
export function parseDigest(text: string): Digest | undefined {
  const match = /^(?:sha256:(?<short>[0-9a-f]{64})|sha512:(?<long>[0-9a-f]{128}))$/u.exec(text);
  const { short, long } = match?.groups ?? {};
  if (short !== undefined) return { algorithm: 'sha256', hex: short, text };
  return long === undefined ? undefined : { algorithm: 'sha512', hex: long, text };
}

/** Whether the bytes are those that the digest names. */
export function matchDigest(bytes: Uint8Array, { algorithm, hex }: Digest): boolean {
  return createHash(algorithm).update(bytes).digest('hex') === hex;
}

/** The digest of bytes by SHA-256. */
export function digestOf(bytes: Uint8Array): Digest {
  const hex = createHash('sha256').update(bytes).digest('hex');
  return { algorithm: 'sha256', hex, text: `sha256:${hex}` };
}
