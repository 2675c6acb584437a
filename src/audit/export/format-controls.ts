/** The SOC2.md of a package: which criterion each file is evidence for, and what it leaves open. */

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

/** The same for every package. */
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
