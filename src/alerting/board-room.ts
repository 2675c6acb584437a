/**
 * Meets the other replicas: tells them which incidents are open here, hears which are open there, and learns who speaks.
 * Everybody knows of everything; one speaks; who is not heard in time speaks for itself.
 */
import type { Clock, MonotonicMs } from '../base/clock.ts';
import type { Logger } from '../telemetry/logger.ts';
import { formatBoard } from './format-board.ts';
import type { IncidentBook } from './incident-book.ts';
import type { Board, Meeting, MeetingResult } from '../kubernetes/leader-election/meeting.ts';
import type { Outbox } from './outbox.ts';
import { parseBoard } from './parse-board.ts';
import type { Report } from './parse-board.ts';
import { planReport } from './plan-report.ts';
import type { StateChanges } from './state-changes.ts';

export interface BoardRoomParts {
  readonly meeting: Meeting;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly book: IncidentBook;
  readonly outbox: Outbox;
  readonly changes: StateChanges;
  /** What was counted of each report, by `replica/group`. */
  readonly seen: ReadonlyMap<string, number>;
  /** Called when something was heard that a turn should follow. */
  readonly onMet: () => void;
}

/** Ten replicas have room in the 256 KiB that Kubernetes allows the annotations of one object. */
const BOARD_BYTES_MAX = 24 * 1024;
/** News do not wait for the next poll, and do not make more than so many writes. */
const NEWS_MS = 250;

/** What is known of the others. */
export class BoardRoom {
  readonly #settings: { readonly pollMs: number; readonly quietMs: number };
  readonly #parts: BoardRoomParts;
  readonly #seen: Map<string, number>;
  #previous = new Map<string, Report>();
  #meeting: Promise<void> | undefined;
  #metAtMs: MonotonicMs | undefined;
  #shown = '';
  #problem: string | undefined;
  speaks = false;
  toldElsewhere: ReadonlySet<string> = new Set();

  constructor(
    settings: { readonly pollMs: number; readonly quietMs: number },
    parts: BoardRoomParts,
  ) {
    this.#settings = settings;
    this.#parts = parts;
    this.#seen = new Map(parts.seen);
  }

  /** Meets in the background, where it is time. */
  meet(): void {
    const nowMs = this.#parts.clock.monotonicMs();
    if (this.#meeting !== undefined || this.#isWithin(NEWS_MS, nowMs)) return;
    const text = this.#board();
    if (text === this.#shown && this.#isWithin(this.#settings.pollMs, nowMs)) return;
    this.#metAtMs = nowMs;
    this.#shown = text;
    this.#meeting = this.#parts.meeting
      .meet(text)
      .then((result) => {
        this.#hear(result);
      })
      .finally(() => {
        this.#meeting = undefined;
        this.#parts.onMet();
      });
  }

  async settled(): Promise<void> {
    while (this.#meeting !== undefined) await this.#meeting;
  }

  async close(): Promise<void> {
    await this.settled();
    await this.#parts.meeting.leave();
  }

  #isWithin(waitMs: number, nowMs: MonotonicMs): boolean {
    const last = this.#metAtMs;
    return last !== undefined && nowMs - last < waitMs;
  }

  #board(): string {
    const { book, outbox } = this.#parts;
    const awaited = outbox.awaitedKeys();
    // Also what was folded into the summary: it is counted there, and needs no second voice.
    const told = book.incidents
      .filter(({ key }) => !awaited.has(key))
      .flatMap(({ key, aliases }) => [key, ...aliases]);
    return formatBoard({
      incidents: book.incidents,
      ended: book.ended,
      told: [...book.changeKeys.slice(-50), ...told],
      bytesMax: BOARD_BYTES_MAX,
    });
  }

  #hear({ speaks, speaker, boards, problem }: MeetingResult): void {
    this.speaks = speaks;
    if (problem !== undefined && problem !== this.#problem) {
      this.#parts.logger.warn('The other replicas cannot be reached; this one speaks for itself', {
        reason: problem,
      });
    }
    this.#problem = problem;
    if (problem !== undefined) {
      this.toldElsewhere = new Set();
      return;
    }
    const heard = new Map<string, Report>();
    let told: ReadonlySet<string> = new Set();
    for (const board of boards) {
      const read = parseBoard(board.text);
      if (read === undefined) continue;
      const isSpeaker = board.replica === speaker;
      if (isSpeaker) told = new Set(read.told);
      for (const report of read.reports) {
        this.#take(report, board, isSpeaker);
        heard.set(`${board.replica}/${report.group}`, report);
      }
      if (isSpeaker) this.#endWith(read.ended);
    }
    this.toldElsewhere = told;
    this.#forgetOthers(heard);
  }

  #take(report: Report, { replica }: Board, fromSpeaker: boolean): void {
    const { book, clock, changes } = this.#parts;
    const rule = book.ruleNamed(report.rule);
    // Its configuration is another one: it is told by its own replica.
    if (rule === undefined) return;
    const place = `${replica}/${report.group}`;
    const nowMs = clock.wallMs();
    const { quietMs } = this.#settings;
    const seen = this.#seen.get(place) ?? 0;
    const previous = this.#previous.get(place);
    const meaning = planReport(report, { rule, seen, previous, nowMs, quietMs });
    for (const observation of meaning.observations) book.observe(observation, nowMs);
    for (const object of meaning.healed) book.heal(object);
    if (fromSpeaker) book.rename(report.group, report.key);
    if (seen === report.own) return;
    this.#seen.set(place, report.own);
    changes.set(`seen/${place}`, report.own);
  }

  #endWith(ended: readonly (readonly [group: string, count: number])[]): void {
    for (const [group, count] of ended) this.#parts.book.endElsewhere(group, count);
  }

  #forgetOthers(heard: Map<string, Report>): void {
    this.#previous = heard;
    for (const place of this.#seen.keys()) {
      if (heard.has(place)) continue;
      this.#seen.delete(place);
      this.#parts.changes.remove(`seen/${place}`);
    }
  }
}
