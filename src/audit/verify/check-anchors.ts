/**
 * Compares a chain with hashes that were kept elsewhere: the only way to detect that its end was truncated
 * and signed again.
 */
import type { ReportFinding } from './verification-finding.ts';
import type { Anchor } from './read-anchors.ts';
import type { ChainVerifier } from './chain-verifier.ts';

export interface AnchorCheck {
  /** Compares all anchors whose entries were read so far. */
  readonly reached: (file: string) => void;
  /** Anchors beyond the end prove a truncation. */
  readonly end: (file: string) => void;
}

/** The result of each anchor. An anchor that names no chain is satisfied by any journal with that entry. */
export interface AnchorLedger {
  /** By sequence. */
  readonly anchors: readonly Anchor[];
  /** Anchors that were found, or whose absence was reported. */
  readonly held: Set<Anchor>;
}

/** Sorted once, for any number of journals. */
export function createAnchorLedger(anchors: readonly Anchor[]): AnchorLedger {
  return { anchors: anchors.toSorted((a, b) => a.sequence - b.sequence), held: new Set() };
}

/** Anchors that no checked journal contains, and that were not reported yet. */
export function listMissing({ anchors, held }: AnchorLedger): readonly Anchor[] {
  return anchors.filter((anchor) => !held.has(anchor));
}

export interface AnchorCheckOptions {
  readonly chain: string;
  /** The sequence of the first entry that is kept. */
  readonly firstSequence: number;
  readonly verifier: Pick<ChainVerifier, 'holds' | 'lastSequence'>;
  readonly report: ReportFinding;
}

/** Starts the comparison of a ledger's anchors with one chain. */
export function checkAnchors(ledger: AnchorLedger, options: AnchorCheckOptions): AnchorCheck {
  const { chain, firstSequence, verifier, report } = options;
  const anchors = ledger.anchors.filter(
    (anchor) => anchor.chain === undefined || anchor.chain === chain,
  );
  let next = anchors.findIndex(({ sequence }) => sequence >= firstSequence);
  if (next === -1) next = anchors.length;
  for (const anchor of anchors.slice(0, next)) ledger.held.add(anchor);
  if (next > 0) {
    const message = `${next} known hashes are of entries before ${firstSequence}, which are no longer here`;
    report({ kind: 'anchor-unused', file: '', message });
  }
  return {
    reached: (file) => {
      for (; ; next += 1) {
        const anchor = anchors[next];
        if (anchor === undefined || anchor.sequence > verifier.lastSequence) return;
        if (verifier.holds(anchor.sequence, anchor.hash)) ledger.held.add(anchor);
        else if (anchor.chain !== undefined) {
          ledger.held.add(anchor);
          report(different(anchor, file));
        }
      }
    },
    end: (file) => {
      const beyond = anchors.slice(next).filter((anchor) => anchor.chain !== undefined);
      const last = beyond.at(-1);
      if (last === undefined) return;
      for (const anchor of beyond) ledger.held.add(anchor);
      const end = verifier.lastSequence;
      report({
        kind: 'truncated',
        file,
        sequence: end + 1,
        throughSequence: last.sequence,
        message: `The journal ends with entry ${end}, but entry ${last.sequence} is known from elsewhere`,
      });
    },
  };
}

function different({ sequence }: Anchor, file: string): Parameters<ReportFinding>[0] {
  const message = `Entry ${sequence} does not have the hash that is known from elsewhere`;
  return { kind: 'changed', file, sequence, message };
}
