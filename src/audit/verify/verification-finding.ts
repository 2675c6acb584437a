/** The findings of a verification: each kind with what it proves. */

/**
 * Every kind of finding. A `fault` fails the verification: an entry was changed or is missing. A `note` says what the
 * verification could not prove.
 */
export const VERIFICATION_FINDINGS = {
  changed: { severity: 'fault', meaning: 'An entry is no longer what was recorded' },
  deleted: { severity: 'fault', meaning: 'Entries are gone, and retention does not explain it' },
  inserted: { severity: 'fault', meaning: 'An entry was inserted' },
  reordered: {
    severity: 'fault',
    meaning: 'Entries stand in another order than they were written',
  },
  truncated: {
    severity: 'fault',
    meaning: 'The end is missing: a head or an anchor covers later entries',
  },
  'forged-head': { severity: 'fault', meaning: 'A head was not signed with the key it names' },
  'wrong-key': { severity: 'fault', meaning: 'A head was signed with a key that is not trusted' },
  'head-changed': {
    severity: 'fault',
    meaning: 'A head is valid, but in the wrong position',
  },
  'head-missing': {
    severity: 'fault',
    meaning: 'No signed head covers entries that are old enough to have one',
  },
  'index-changed': {
    severity: 'fault',
    meaning: 'Columns by which records are found disagree with the records',
  },
  'segment-changed': {
    severity: 'fault',
    meaning: 'What a segment says about itself disagrees with what it holds',
  },
  'file-changed': {
    severity: 'fault',
    meaning: 'A file of a package is not the one that was signed for',
  },
  'new-chain': {
    severity: 'fault',
    meaning: 'The chain was begun anew: nothing ties its entries to the ones before',
  },
  unreadable: { severity: 'fault', meaning: 'A file is damaged, or cannot be opened' },
  'unsigned-end': { severity: 'note', meaning: 'The newest entries have no signed head yet' },
  'folder-key': {
    severity: 'note',
    meaning: 'Heads were checked with the key in the same folder: replacing both is not detected',
  },
  retention: { severity: 'note', meaning: 'Older entries were removed by retention, as signed' },
  'anchor-unused': {
    severity: 'note',
    meaning: 'Known hashes could not be compared: their entries are not here',
  },
} as const satisfies Readonly<
  Record<string, { readonly severity: 'fault' | 'note'; readonly meaning: string }>
>;

export type VerificationFindingKind = keyof typeof VERIFICATION_FINDINGS;

export interface VerificationFinding {
  readonly kind: VerificationFindingKind;
  /** The name of the file, without its folder. */
  readonly file: string;
  /** The first affected entry, as numbered in the file. */
  readonly sequence?: number | undefined;
  /** The last affected entry, if there are several. */
  readonly throughSequence?: number | undefined;
  /** One sentence without a period. */
  readonly message: string;
}

/** Receives findings; never throws. */
export type ReportFinding = (finding: VerificationFinding) => void;

/** The findings to show, and the total number. */
export interface FindingList {
  readonly report: ReportFinding;
  readonly shown: () => readonly VerificationFinding[];
  readonly counts: () => Readonly<Partial<Record<VerificationFindingKind, number>>>;
  readonly faultCount: () => number;
}

/** Keeps the first findings of a journal; a rewritten journal has one per entry. */
export function createFindingList(shownMax: number): FindingList {
  const shown: VerificationFinding[] = [];
  const counts: Partial<Record<VerificationFindingKind, number>> = {};
  let faults = 0;
  return {
    report: (finding) => {
      counts[finding.kind] = (counts[finding.kind] ?? 0) + 1;
      if (VERIFICATION_FINDINGS[finding.kind].severity === 'fault') faults += 1;
      // Notes say what the proof covers: there are few, and all of them are kept.
      else shown.push(finding);
      if (VERIFICATION_FINDINGS[finding.kind].severity === 'fault' && faults <= shownMax) {
        shown.push(finding);
      }
    },
    shown: () => shown,
    counts: () => counts,
    faultCount: () => faults,
  };
}
