/** Checks the signed heads of a journal during the pass over its entries. */
import type { VerificationKey } from '../../base/json-web-signature.ts';
import type { StoredHead } from '../journal/stored-entry.ts';
import type { ReportFinding } from './verification-finding.ts';
import { readUnverifiedHead, verifyHead, type Head } from './head.ts';
import type { ChainVerifier } from './chain-verifier.ts';

/** The newest head that matches the chain. */
export interface ConfirmedHead {
  readonly sequence: number;
  readonly time: string;
  readonly keyId: string;
  readonly sealed: boolean;
}

export interface HeadCheckOptions {
  readonly chain: string;
  readonly keys: readonly VerificationKey[];
  readonly verifier: Pick<ChainVerifier, 'holds' | 'isSettled' | 'lastSequence'>;
  readonly report: ReportFinding;
  /** Faults that any check has reported so far. */
  readonly faultCount: () => number;
}

export interface HeadPlace {
  readonly file: string;
  /** The first sequence of the segment that contains the head. */
  readonly segment: number;
}

export interface HeadCheck {
  /** Checks a head whose entry was read, or cannot be read any more. */
  readonly head: (stored: StoredHead, place: HeadPlace) => Promise<void>;
  /** Reports what was collected about a segment. */
  readonly endSegment: () => void;
  readonly confirmed: () => ConfirmedHead | undefined;
  /** The highest entry that a valid head covers. */
  readonly highestKnown: () => number;
}

/** Starts the check. A matching head proves every entry before it. */
export function checkHeads(options: HeadCheckOptions): HeadCheck {
  const check = new Check(options);
  return {
    head: (stored, place) => check.take(stored, place),
    endSegment: () => check.reportStrangers(),
    confirmed: () => check.confirmed,
    highestKnown: () => check.highestKnown,
  };
}

interface Strangers {
  readonly file: string;
  readonly keyId: string;
  readonly first: number;
  readonly last: number;
  readonly count: number;
}

class Check {
  confirmed: ConfirmedHead | undefined;
  highestKnown = 0;
  readonly #options: HeadCheckOptions;
  #faultsWhenConfirmed = 0;
  /** Heads of one unknown key become one finding: there may be one head per minute. */
  #strangers: Strangers | undefined;

  constructor(options: HeadCheckOptions) {
    this.#options = options;
  }

  async take(stored: StoredHead, place: HeadPlace): Promise<void> {
    const { keys, report } = this.#options;
    const { sequence } = stored;
    const claim = readUnverifiedHead(stored.jws);
    if (claim !== undefined && !keys.some(({ keyId }) => keyId === claim.keyId)) {
      this.#addStranger(claim.keyId, sequence, place.file);
      return;
    }
    const verified = await verifyHead(stored.jws, keys);
    if (!verified.ok) {
      const message = `The head of entry ${sequence} is forged: ${verified.reason}`;
      report({ kind: 'forged-head', file: place.file, sequence, message });
      return;
    }
    const misplaced = this.#findMisplacement(verified.head, sequence, place);
    if (misplaced !== undefined) {
      report({ kind: 'head-changed', file: place.file, sequence, message: misplaced });
      return;
    }
    this.#compare(verified.head, verified.keyId, place.file);
  }

  reportStrangers(): void {
    if (this.#strangers === undefined) return;
    const { file, keyId, first, last, count } = this.#strangers;
    this.#strangers = undefined;
    this.#options.report({
      kind: 'wrong-key',
      file,
      sequence: first,
      throughSequence: last === first ? undefined : last,
      message: `${count === 1 ? 'The head' : `${count} heads`} of entry ${first}${last === first ? '' : ` to ${last}`} ${count === 1 ? 'is' : 'are'} signed with the key "${keyId}", which is not trusted`,
    });
  }

  #addStranger(keyId: string, sequence: number, file: string): void {
    const before = this.#strangers;
    if (before !== undefined && (before.keyId !== keyId || before.file !== file)) {
      this.reportStrangers();
    }
    const { first, count } = this.#strangers ?? { first: sequence, count: 0 };
    this.#strangers = { file, keyId, first, last: sequence, count: count + 1 };
  }

  #findMisplacement(head: Head, sequence: number, { segment }: HeadPlace): string | undefined {
    if (head.chain !== this.#options.chain) return `The head is of another chain, "${head.chain}"`;
    if (head.segment !== segment) return `The head belongs to the segment of entry ${head.segment}`;
    if (head.sequence === sequence) return undefined;
    return `The head stands at entry ${sequence}, but was signed for entry ${head.sequence}`;
  }

  #compare(head: Head, keyId: string, file: string): void {
    const { verifier, report, faultCount } = this.#options;
    const { sequence, hash, time, sealed } = head;
    this.highestKnown = Math.max(this.highestKnown, sequence);
    if (verifier.holds(sequence, hash)) {
      this.confirmed = { sequence, time, keyId, sealed };
      this.#faultsWhenConfirmed = faultCount();
      return;
    }
    // A head beyond the end means truncation, which is checked at the end; after other faults it is a
    // consequence of them.
    const isExplained = faultCount() > this.#faultsWhenConfirmed || !verifier.isSettled;
    if (sequence > verifier.lastSequence || isExplained) return;
    const from = (this.confirmed?.sequence ?? 0) + 1;
    report({
      kind: 'changed',
      file,
      sequence: Math.min(from, sequence),
      throughSequence: sequence,
      message: `The chain was written anew somewhere from entry ${Math.min(from, sequence)} to ${sequence}: the signed head knows another hash of entry ${sequence}`,
    });
  }
}
