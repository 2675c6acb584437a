/** Reads an approver's private key, which stays on the approver's machine. */
import { resolve } from 'node:path';
import { readSigningKey, type SigningKey } from '../../base/json-web-signature.ts';
import { readBounded } from '../../base/read-bounded.ts';
import { HoldfastError } from '../../errors.ts';
import type { CommandContext, OptionDefinition } from '../command.ts';

/** A key takes a few hundred bytes; a larger file is not a key. */
const KEY_BYTES_MAX = 64 * 1024;

/** For the commands that sign. */
export const keyOption: OptionDefinition = {
  name: 'key',
  value: 'FILE',
  summary: 'your private key (holdfast grant keygen makes one)',
};

/** Reads it. Throws `grant_key_unusable`, which contains no part of the key. */
export async function readSigningKeyFile(
  context: CommandContext,
  file: string | undefined,
): Promise<SigningKey> {
  if (file === undefined) {
    throw new HoldfastError('grant_key_unusable', 'Name the file of your private key with --key');
  }
  const read = await readBounded(resolve(context.workingDirectory, file), KEY_BYTES_MAX);
  const key = read.ok
    ? await readSigningKey(Buffer.from(read.bytes).toString('utf8'))
    : { ok: false as const, reason: read.reason };
  if (key.ok) return key.key;
  throw new HoldfastError('grant_key_unusable', `The key "${file}" cannot be used: ${key.reason}`);
}
