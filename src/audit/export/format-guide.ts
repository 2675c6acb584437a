/** The documents of a package for an auditor: README.md (what it holds, how to check it, what that proves) and SOC2.md. */
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

/** Names come from configuration; a name must not break out of its table cell. */
function cell(text: string): string {
  return text.replaceAll(/[|\r\n`<>]/gu, ' ').trim() || '-';
}

interface Control {
  readonly criterion: string;
  readonly asks: string;
  readonly evidence: string;
  readonly proves: string;
  readonly open: string;
}

/** Trust services criteria (2017, points of focus revised 2022): outcomes, for which these files are samples. */
const CONTROLS: readonly Control[] = [
  {
    criterion: 'CC6.1',
    asks: 'Logical access is restricted',
    evidence:
      '`records.jsonl`: `user`, `actor.class`, `actor.proof`, `object`, `allowed`, `code`; `policies/`, `configuration/`',
    proves:
      'Who tried to change what, how well the identity was proven, that refusals happened, and under which rules',
    open: 'Access that admission does not see: reads, changes in etcd, and whatever happened while the webhook was not registered. Who may give roles in the cluster is not in this package',
  },
  {
    criterion: 'CC7.2',
    asks: 'Anomalies are monitored and evaluated',
    evidence:
      '`records.jsonl`: refusals, warnings and unavailable policies with time and cause; heads; `verification.json`',
    proves:
      'Each refused attempt was noticed at once and kept; that the record of it was not touched since',
    open: 'That somebody acted on it: the incidents and their handling are in the systems that were alerted',
  },
  {
    criterion: 'CC8.1',
    asks: 'Changes are authorised, tested, approved and documented',
    evidence:
      '`records.jsonl`: `change`, `source` (repository and revision), `managedBy`, `grant` (approvers, ticket, expiry) of emergency changes; `policies/`',
    proves:
      'Which objects changed, from which commit, by whose authority; that emergency changes had a grant, whose, and until when',
    open: 'Review and tests of a commit are in the Git service; that an emergency change was looked at afterwards is in the ticket',
  },
];

/** Identical in every package. */
export function formatControls(): string {
  const sections = CONTROLS.map(
    ({ criterion, asks, evidence, proves, open }) => `## ${criterion}: ${asks.toLowerCase()}

* StoredJournal: ${evidence}
* Proves: ${proves}.
* Does not prove: ${open}.`,
  );
  return `# SOC 2: what this package is evidence for

The criteria ask for outcomes and prescribe no technique. A sample drawn from here is complete and accurate as far as
\`holdfast audit verify\` says so: numbers without a gap show completeness, hashes and signed heads accuracy.

${sections.join('\n\n')}

## Completeness

A record exists for every refusal, warning, policy that could not be evaluated, use of a grant, and, by default, every write
to an object that Git manages. Routine requests that nobody objected to are counted and, by default, not recorded.
`;
}
