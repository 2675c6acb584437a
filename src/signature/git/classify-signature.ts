/** Which format a signature block has, by its first line. Source: git, gpg-interface.c `get_format_by_sig`. */

/** `x509` is CMS: S/MIME certificates and gitsign. */
export type SignatureFormat = 'openpgp' | 'x509' | 'ssh';

const ARMORS: readonly (readonly [string, SignatureFormat])[] = [
  ['-----BEGIN PGP SIGNATURE-----', 'openpgp'],
  ['-----BEGIN PGP MESSAGE-----', 'openpgp'],
  ['-----BEGIN SIGNED MESSAGE-----', 'x509'],
  ['-----BEGIN SSH SIGNATURE-----', 'ssh'],
];
const LONGEST = Math.max(...ARMORS.map(([armor]) => armor.length));

/** The format of a block that begins with an armor; `undefined` for anything else. */
export function classifySignature(block: Buffer): SignatureFormat | undefined {
  const beginning = block.toString('latin1', 0, LONGEST);
  return ARMORS.find(([armor]) => beginning.startsWith(armor))?.[1];
}
