/** What a configuration is known by in records and logs. */
import { createHash } from 'node:crypto';
import { canonicalJson } from '../base/canonical-json.ts';
import type { Configuration } from './schema.ts';

/** SHA-256 of the canonical JSON, in hexadecimal: the same meaning has the same hash, however it is written. */
export function hashConfiguration(configuration: Configuration): string {
  return createHash('sha256').update(canonicalJson(configuration)).digest('hex');
}
