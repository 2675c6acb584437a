/** Authorities of rules, without files. */
import assert from 'node:assert/strict';
import { importPublicKey } from '../../../src/signature/cosign/import-public-key.ts';
import type { NamedAuthority } from '../../../src/signature/cosign/image-rule.ts';
import { makeKeys, publicPem, type Keys } from './image-samples.ts';

/** A key that counts, by its name in the report. */
export function keyAuthority(name: string, keys: Keys = makeKeys()): NamedAuthority {
  const reading = importPublicKey(publicPem(keys));
  assert.ok(reading.status === 'read');
  return { name, authority: { kind: 'key', key: reading.value } };
}
