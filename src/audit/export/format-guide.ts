/** The README.md of a package: what is in it, how to check it, and what that proves. */
import type { PackageManifest } from './package-manifest.ts';

/** Written for an auditor who has never seen Holdfast. */
export function formatGuide(manifest: Omit<PackageManifest, 'files'>, keyId: string): string {
  const { created, since, until, journals, policyRevisions, configurationHashes } = manifest;
  const rows = journals.map(
    ({ folder, cluster, replica, chain, segments, entries, denied }) =>
      `| \`${folder}\` | ${cell(cluster)} | ${cell(replica)} | ${cell(chain)} | ${segments.length} | ${entries} | ${denied} |`,
  );
  return `# StoredJournal of Holdfast

Holdfast decides in a Kubernetes cluster which changes may happen, and records each decision before it is answered. This
package holds what was recorded, by when it was asked for: ${since ?? 'the beginning'} to ${until ?? 'the end'}, exported at
${created}. Whole segments of the journal are exported, so there may be more than that.

| folder | cluster | replica | chain | segments | records | refusals |
| --- | --- | --- | --- | --- | --- | --- |
${rows.join('\n')}

## What is in it

* \`manifest.json\`: every file with its SHA-256; \`manifest.jws\`: the same text, signed (RFC 7515) with the key \`${keyId}\`.
* \`journals/N/SEGMENT.records.jsonl\`: one entry a line with its number, its hash, the hash before it, and the record as a
  text, byte for byte what was hashed. \`.heads.jsonl\`: signed statements of where the chain stood. \`.meta.json\`: what the
  segment says about itself. \`removed.jsonl\`: what retention removed, as signed when it ended.
* \`keys/\`: the public keys. Compare their ids with copies that were kept elsewhere: a key from the package proves less.
* \`policies/\`: the policies that judged, by revision. ${included(policyRevisions)}
* \`configuration/\`: the settings in force, by hash; secrets are references there. ${included(configurationHashes)}
* \`verification.json\`: what \`holdfast audit verify\` found in the journals when they were exported.
* \`SOC2.md\`: which control each file is evidence for, and what it does not prove.

## How to check it

    holdfast audit verify --key KEY-KEPT-ELSEWHERE --anchor AUDIT-LOG-OF-THE-API-SERVER FOLDER-OF-THIS-PACKAGE

Without Holdfast: check the signature of \`manifest.jws\` with any library for JSON web signatures, compare its payload with
\`manifest.json\`, and the digest of each file with the manifest. Then, for each entry, compute

    SHA-256("holdfast-journal/1\\n" + chain + "\\n" + sequence + "\\n" + previousHash + "\\n" + recordJson)

in UTF-8, and compare it with \`hash\`; \`previousHash\` is the hash of the entry before, 64 zeros before the first. The numbers
have no gap. Each line of \`.heads.jsonl\` has a compact JSON web signature whose payload names an entry and its hash.

## What that proves, and what not

* No entry up to the last head was changed, removed, inserted or moved since that head was signed, by anybody who does not
  hold the private key. Entries after it are proven by the chain alone.
* Whoever holds the private key and the files can write them anew. Hashes kept elsewhere show it: the audit log of the API
  server has the hash of each record (annotations \`record-hash\` and \`record-sequence\`), sinks have copies.
* It does not prove that Holdfast ran. While it is stopped or not registered nothing is recorded; the gap is in the times of
  the records, and in the audit log of the API server.
`;
}

function included(named: readonly { readonly included: boolean }[]): string {
  const count = named.filter((each) => each.included).length;
  return `${count} of the ${named.length} that the records name ${count === 1 ? 'is' : 'are'} included.`;
}

/** Names come from configuration; one must not end a cell of the table. */
function cell(text: string): string {
  return text.replaceAll(/[|\r\n`<>]/gu, ' ').trim() || '-';
}
