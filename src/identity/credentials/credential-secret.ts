/**
 * The Secret in which all replicas keep the table of credentials, and the key of its hashes.
 *
 * Whoever may write it may make a credential known: it lies in Holdfast's own namespace, which is guarded. Whoever reads it
 * learns no id: ids are hashed, and they are random.
 */
import { createHmac, hash } from 'node:crypto';
import { z } from 'zod';
import type { MonotonicMs } from '../../base/clock.ts';
import type {
  ClusterClient,
  ClusterWriter,
  LookupFailureCode,
} from '../../kubernetes/client/cluster-client.ts';
import type { CredentialTable } from './credential-table.ts';
import { formatTable, parseTable } from './stored-table.ts';

/** The Secret's name. */
export const CREDENTIALS_SECRET = 'holdfast-credentials';

/** As many as are needed to tell credentials apart; a Secret has room for few. */
const FINGERPRINT_DIGITS = 32;
const KEY_BYTES_MIN = 32;
const KEY_ENTRY = 'key';
const TABLE_ENTRY = 'credentials.json';

const secretBody = z.looseObject({
  metadata: z.looseObject({ resourceVersion: z.string() }),
  data: z.record(z.string(), z.base64()),
});

export interface StoredCredentials {
  readonly key: Buffer;
  readonly table: CredentialTable;
}

export type SecretReading =
  | (StoredCredentials & { readonly status: 'read'; readonly resourceVersion: string })
  | { readonly status: 'absent' }
  | { readonly status: 'unavailable'; readonly code: LookupFailureCode; readonly reason: string };

export type SecretWriting =
  | { readonly status: 'written' }
  /** Another replica, or a person, wrote meanwhile. */
  | { readonly status: 'conflict' }
  | { readonly status: 'failed'; readonly reason: string };

export interface SecretPlace {
  readonly client: ClusterClient & ClusterWriter;
  readonly namespace: string;
  readonly deadlineAtMs: MonotonicMs;
}

/** The hash under which a credential is kept. `hashedId` is the SHA-256 of its id, in hexadecimal digits. */
export function fingerprintOf(key: Buffer, username: string, hashedId: string): string {
  const digits = createHmac('sha256', key).update(`${username}\n${hashedId}`).digest('hex');
  return digits.slice(0, FINGERPRINT_DIGITS);
}

/** SHA-256 of an id, in hexadecimal digits; what `identity.credentials.pinned` holds. */
export function hashId(id: string): string {
  return hash('sha256', id, 'hex');
}

/** SHA-256 in hexadecimal digits. */
export function hashBytes(bytes: Uint8Array): string {
  return hash('sha256', bytes, 'hex');
}

/** Reads the Secret. One that somebody garbled is unavailable: it is neither believed nor overwritten. */
export async function readCredentialSecret({
  client,
  namespace,
  deadlineAtMs,
}: SecretPlace): Promise<SecretReading> {
  const reading = await client.read(`${secrets(namespace)}/${CREDENTIALS_SECRET}`, {
    deadlineAtMs,
  });
  if (reading.status !== 'read') return reading;
  const parsed = secretBody.safeParse(reading.body);
  const key = Buffer.from(parsed.data?.data[KEY_ENTRY] ?? '', 'base64');
  const text = Buffer.from(parsed.data?.data[TABLE_ENTRY] ?? '', 'base64').toString('utf8');
  const table = parseTable(text);
  if (!parsed.success || key.length < KEY_BYTES_MIN || table === undefined) {
    const reason = `Secret ${namespace}/${CREDENTIALS_SECRET} cannot be read as a table of credentials`;
    return { status: 'unavailable', code: 'lookup_failed', reason };
  }
  return { status: 'read', key, table, resourceVersion: parsed.data.metadata.resourceVersion };
}

/** Writes the Secret over the version that was read; without one it is made. */
export async function writeCredentialSecret(
  { client, namespace, deadlineAtMs }: SecretPlace,
  { key, table, resourceVersion }: StoredCredentials & { readonly resourceVersion?: string },
): Promise<SecretWriting> {
  const body = {
    apiVersion: 'v1',
    kind: 'Secret',
    type: 'holdfast.dev/credentials',
    metadata: { name: CREDENTIALS_SECRET, namespace, ...(resourceVersion && { resourceVersion }) },
    data: {
      [KEY_ENTRY]: key.toString('base64'),
      [TABLE_ENTRY]: Buffer.from(formatTable(table)).toString('base64'),
    },
  };
  // The resource version makes one of two simultaneous writers try again: nothing that was learned is lost.
  const written = await (resourceVersion === undefined
    ? client.write(secrets(namespace), { method: 'POST', body, deadlineAtMs })
    : client.write(`${secrets(namespace)}/${CREDENTIALS_SECRET}`, {
        method: 'PUT',
        body,
        deadlineAtMs,
      }));
  switch (written.status) {
    case 'written':
      return { status: 'written' };
    case 'conflict':
      return { status: 'conflict' };
    case 'absent':
      return { status: 'failed', reason: `There is no namespace "${namespace}"` };
    case 'refused':
    case 'unavailable':
      return { status: 'failed', reason: written.reason };
  }
}

function secrets(namespace: string): string {
  return `/api/v1/namespaces/${namespace}/secrets`;
}
