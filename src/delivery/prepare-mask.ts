/** Prepares a sink's mask with the current key: keys rotate, and nothing is sent while one cannot be read. */
import { readSecret } from '../settings/secret.ts';
import type { AuditRecord } from '../audit/audit-record.ts';
import { maskRecord } from './mask-record.ts';
import type { MaskSettings } from './settings.ts';

export type PreparedMask =
  | { readonly ok: true; readonly mask: (record: AuditRecord) => AuditRecord }
  | { readonly ok: false; readonly reason: string };

/** Reads the key if one is needed. */
export async function prepareMask(
  { drop, hash, key }: MaskSettings,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<PreparedMask> {
  if (hash.length === 0 || key === undefined) {
    return { ok: true, mask: (record) => maskRecord(record, { drop, hash: [], key: '' }) };
  }
  const read = await readSecret(key, environment);
  if (!read.ok) return { ok: false, reason: `The key of the mask cannot be read: ${read.reason}` };
  return { ok: true, mask: (record) => maskRecord(record, { drop, hash, key: read.secret }) };
}
