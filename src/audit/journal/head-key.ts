/** The key that signs heads: the configured one, or one that is created once in the journal's folder. */
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { errorText } from '../../base/error-details.ts';
import {
  generateSigningKeyText,
  readSigningKey,
  readVerificationKey,
  type SigningKey,
} from '../../base/json-web-signature.ts';
import { HoldfastError } from '../../errors.ts';
import { classifyFault } from './classify-fault.ts';
import type { Damage } from './journal-messages.ts';

const OWN = 0o600;
const OWN_NAME = 'head-key.jwk';
const SET_ASIDE_NAME = 'broken-head-key.jwk';
const PUBLIC_NAME = 'head-key.pub.jwk';

/** The key, and what is wrong with the file that it was created in place of. */
export interface OpenedHeadKey {
  readonly key: SigningKey;
  readonly damages: readonly Damage[];
}

/** Reads or creates the key, and writes its public part beside the journal for verification. */
export async function openHeadKey(
  folder: string,
  headKeyFile: string | undefined,
): Promise<OpenedHeadKey> {
  const file = headKeyFile ?? join(folder, OWN_NAME);
  if (headKeyFile === undefined && !existsSync(file)) createKey(file);
  let read = await readSigningKey(readKeyFile(file));
  const damages: Damage[] = [];
  if (!read.ok && headKeyFile === undefined) {
    // A disk that lost the file in a power failure must not keep us from starting for ever. Heads of the new key are
    // told from those of the old one, which a copy of the old public key verifies.
    renameSync(file, join(folder, SET_ASIDE_NAME));
    damages.push({ file: SET_ASIDE_NAME, reason: read.reason });
    createKey(file);
    read = await readSigningKey(readKeyFile(file));
  }
  if (!read.ok) throw unusable(file, read.reason);
  await publishKey(folder, read.key);
  return { key: read.key, damages };
}

/** The file has all of the key or does not exist. */
function createKey(file: string): void {
  const begun = `${file}.new`;
  writeFileSync(begun, generateSigningKeyText(), { mode: OWN, flush: true });
  renameSync(begun, file);
}

async function publishKey(folder: string, { keyId, publicJwk }: SigningKey): Promise<void> {
  const file = join(folder, PUBLIC_NAME);
  if (existsSync(file)) {
    const published = await readVerificationKey(readFileSync(file, 'utf8'));
    if (published.ok && published.key.keyId === keyId) return;
    // Heads of the previous key stay verifiable: its public part is kept under its own name.
    const former = published.ok ? published.key.keyId : 'unreadable';
    renameSync(file, join(folder, `head-key.${former}.pub.jwk`));
  }
  writeFileSync(file, `${JSON.stringify(publicJwk)}\n`, { mode: 0o644, flush: true });
}

function readKeyFile(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (fault) {
    // The caller tries again.
    if (classifyFault(fault) === 'transient') throw fault;
    throw unusable(file, errorText(fault));
  }
}

function unusable(file: string, reason: string): HoldfastError {
  return new HoldfastError(
    'journal_key_unusable',
    `The key file "${file}" cannot be used: ${reason}`,
  );
}
