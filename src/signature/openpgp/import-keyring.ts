/**
 * Keyrings from armored text: any number of blocks, each with any number of keys, in any order.
 *
 * The same key may occur several times, as in an old export beside a new one: its parts are joined, so that a revocation in one
 * copy counts for all. A block with a revocation certificate alone counts too.
 */
import { parseArmor, type ArmoredBlock } from '../parse-armor.ts';
import { CertificateCollector } from './certificate-collector.ts';
import type { ImportedKeyring, KeyringProblem, TrustedKey } from './keyring.ts';
import { parsePackets } from './parse-packets.ts';
import { OPENPGP_LIMITS } from './settings.ts';
import { verifyCertificate } from './verify-certificate.ts';

const BYTES_MAX = OPENPGP_LIMITS['signature.openpgp.keyringBytesMax'].default;
const PUBLIC_KEY_LABEL = 'PGP PUBLIC KEY BLOCK';

/** Reads the text of a file or of a value in a Secret or ConfigMap, as `gpg --export --armor` writes it. */
export async function importKeyring(text: string): Promise<ImportedKeyring> {
  if (text.length > BYTES_MAX) {
    const message = `the keyring has ${text.length} characters, at most ${BYTES_MAX} are read: remove keys that nobody uses`;
    return { keyring: { keys: [] }, problems: [{ place: 'line 1', message }] };
  }
  const { blocks, problems: armorProblems } = parseArmor(text);
  const problems: KeyringProblem[] = armorProblems.map(({ line, message }) => ({
    place: `line ${line}`,
    message,
  }));
  if (blocks.length === 0 && problems.length === 0) {
    const message = `there is no "-----BEGIN ${PUBLIC_KEY_LABEL}-----": write the keys with "gpg --export --armor"`;
    return { keyring: { keys: [] }, problems: [{ place: 'line 1', message }] };
  }
  const collector = new CertificateCollector(problems);
  for (const block of blocks) await addBlock(block, collector, problems);
  const keys: TrustedKey[] = [];
  for (const certificate of collector.finish()) {
    const verified = await verifyCertificate(certificate);
    if (verified.status === 'verified') keys.push(verified.key);
    else problems.push({ place: certificate.place, message: verified.message });
  }
  return { keyring: { keys }, problems };
}

async function addBlock(
  block: ArmoredBlock,
  collector: CertificateCollector,
  problems: KeyringProblem[],
): Promise<void> {
  const place = `line ${block.line}`;
  if (block.label !== PUBLIC_KEY_LABEL) {
    const message = /PRIVATE KEY/u.test(block.label)
      ? 'this is a private key: remove it from here, and write the public key with "gpg --export --armor"'
      : `a block "${block.label}" is no public key: write the keys with "gpg --export --armor"`;
    problems.push({ place, message });
    return;
  }
  const parsed = parsePackets(block.bytes);
  if (parsed.status === 'malformed') {
    problems.push({ place, message: `at byte ${parsed.offset} of the block, ${parsed.message}` });
    return;
  }
  collector.beginBlock(place);
  for (const packet of parsed.packets) await collector.add(packet);
}
