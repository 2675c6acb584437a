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

const OWN = 0o600;
const PUBLIC_NAME = 'head-key.pub.jwk';

/** Reads or creates the key, and writes its public part beside the journal for verification. */
export async function openHeadKey(
  folder: string,
  headKeyFile: string | undefined,
): Promise<SigningKey> {
  const file = headKeyFile ?? join(folder, 'head-key.jwk');
  if (headKeyFile === undefined && !existsSync(file)) {
    // The file has all of the key or does not exist: a part of a key could never be used, and never be replaced.
    const begun = `${file}.new`;
    writeFileSync(begun, generateSigningKeyText(), { mode: OWN, flush: true });
    renameSync(begun, file);
  }
  const read = await readSigningKey(readKeyFile(file));
  if (!read.ok) throw unusable(file, read.reason);
  await publishKey(folder, read.key);
  return read.key;
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
