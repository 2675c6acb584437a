/** What must always hold of the journal, of what follows it, and of those who are told. */
import { join } from 'node:path';
import type { AlertsConfiguration } from '../../../src/alerting/settings.ts';
import { isAuditRecord } from '../../../src/audit/audit-record.ts';
import type { StateStore } from '../../../src/audit/journal.ts';
import { STATE_FILE } from '../../../src/audit/journal/segment-files.ts';
import { errorText } from '../../../src/base/error-details.ts';
import type { Accepted } from '../alerts/incident-pages.ts';
import { KnownRecords, type KnownRecord } from './known-records.ts';
import { isSoundCopy, readJournalCopy, readStateCopy, verifyCopy } from './read-copies.ts';
import type { Scheduler } from './scheduler.ts';
import type { SimulatedDisk } from './simulated-disk.ts';
import { SimulatedPagerduty } from './simulated-pagerduty.ts';
import { SINKS } from './simulated-settings.ts';
import { SimulatedTarget } from './simulated-sink.ts';
import { StateMirror } from './state-mirror.ts';

export interface EvidenceOptions {
  readonly scheduler: Scheduler;
  readonly disk: SimulatedDisk;
  /** A folder for copies, outside of the simulated disk. */
  readonly copies: string;
  /** Whether single calls of the disk fail. */
  readonly isTroubled: boolean;
  readonly alerts: AlertsConfiguration;
  /** Called at moments at which a process may die. */
  readonly moment: (chance: number) => void;
}

/** By which the journal itself says that records are lost. */
const LOSS_CODES = new Set<unknown>(['journal_corrupt', 'journal_entries_lost']);
const SEQUENCE_DIGITS = 16;

export class Evidence {
  readonly records = new KnownRecords();
  readonly pagerduty: SimulatedPagerduty;
  readonly problems: string[] = [];
  readonly #options: EvidenceOptions;
  readonly #mirror = new StateMirror();
  readonly #targets: readonly SimulatedTarget[];
  readonly #checkedThrough = new Map<string, number>();
  /** The oldest entry that the journal has. */
  #firstSequence = 1;
  /** Whether the journal has said that records are lost. */
  #hasToldLoss = false;

  constructor(options: EvidenceOptions) {
    const { scheduler, alerts, moment } = options;
    this.#options = options;
    const problem = (text: string): void => this.tell(text);
    const hasLostPower = (): boolean => options.disk.hasLostPower;
    this.#targets = SINKS.map(
      (settings) =>
        new SimulatedTarget({
          scheduler,
          settings,
          records: this.records,
          isDeadLetter: (sequence) => this.#hasLetter(settings.name, sequence),
          cursor: () => this.#cursorOf(settings.name),
          mayBeGone: () => this.#hasToldLoss,
          hasLostPower,
          moment,
          problem,
        }),
    );
    const [target] = alerts.targets;
    if (target?.type !== 'pagerduty') throw new Error('The simulation has a PagerDuty target');
    const mayRepeat = (): boolean => this.#hasToldLoss;
    this.pagerduty = new SimulatedPagerduty({
      scheduler,
      settings: target,
      mayRepeat,
      hasLostPower,
      isStored: (message) => this.#isStored(message),
      isSound: !options.isTroubled,
      moment,
      problem,
    });
  }

  tell(text: string): void {
    this.problems.push(`step ${this.#options.scheduler.steps}: ${text}`);
  }

  target(name: string): SimulatedTarget {
    const found = this.#targets.find((target) => target.name === name);
    if (found === undefined) throw new Error(`There is no sink "${name}"`);
    return found;
  }

  changeMood(): void {
    const { scheduler } = this.#options;
    for (const target of [...this.#targets, this.pagerduty]) {
      if (scheduler.chance(0.5)) target.changeMood();
    }
  }

  heal(): void {
    for (const target of [...this.#targets, this.pagerduty]) target.heal();
  }

  acknowledge(known: KnownRecord): void {
    const { sequence } = known;
    this.#options.scheduler.note(`acknowledged ${sequence}`);
    if (this.records.acknowledged.has(sequence)) {
      this.tell(`the sequence ${sequence} is acknowledged twice`);
    }
    this.records.acknowledged.add(sequence);
    this.records.add(known);
  }

  /** What the process says. */
  hear(message: string, { code, file }: Readonly<Record<string, unknown>>): void {
    if (!LOSS_CODES.has(code)) return;
    if (typeof file === 'string' && file.endsWith(STATE_FILE)) this.#checkDamage(file);
    this.#hasToldLoss = true;
    if (!this.#options.isTroubled) this.tell(`on a sound disk: ${message}`);
  }

  observe(state: StateStore): StateStore {
    return this.#mirror.observe(state, (space, changes) => {
      if (space === 'delivery') {
        for (const key of Object.keys(changes)) this.#checkCursor(key.slice('cursor/'.length));
      }
      this.#options.moment(0.005);
    });
  }

  /** A journal was opened: what was acknowledged is in it, and what was stored is as it was stored. */
  checkOpened(folder: string): void {
    this.checkState(folder);
    const { disk, copies } = this.#options;
    try {
      const entries = disk.observe(() => readJournalCopy(folder, join(copies, 'journal')));
      const found = new Map(entries.map((entry) => [entry.sequence, entry]));
      this.#firstSequence = entries[0]?.sequence ?? this.records.lastSequence + 1;
      for (const { sequence, hash } of this.records.bySequence.values()) {
        if (found.get(sequence)?.hash !== hash) this.#checkMissing(sequence);
      }
      for (const { sequence, hash, json } of entries) {
        const record: unknown = JSON.parse(json);
        if (this.records.bySequence.has(sequence) || !isAuditRecord(record)) continue;
        this.records.add({ sequence, hash, record });
      }
    } catch (fault) {
      // A sealed segment that was being finished, and cannot be read at the start, waits for the next one.
      const isLeft = this.#options.isTroubled && errorText(fault).includes('readonly database');
      if (!this.#hasToldLoss && !isLeft) {
        this.tell(`the journal cannot be read: ${errorText(fault)}`);
      }
    }
  }

  checkState(folder: string): void {
    const { disk, copies, isTroubled } = this.#options;
    const state = disk.observe(() => readStateCopy(folder, join(copies, 'state')));
    const wrong = this.#mirror.compare(state);
    if (!isTroubled) for (const one of wrong) this.tell(`the state was not kept: ${one}`);
    this.#checkedThrough.clear();
    for (const { name } of this.#targets) this.#checkCursor(name);
  }

  /** What is left to do in a healed world; `undefined` when there is nothing. */
  unrest(): string | undefined {
    const { isTroubled } = this.#options;
    for (const target of this.#targets) {
      const open = this.records
        .between(this.#firstSequence - 1, this.records.lastSequence)
        .find((known) => !target.isSettled(known));
      if (open !== undefined) return `${target.name} has not got ${open.sequence}`;
    }
    if (this.#mirror.keysOf('dead-letters').length > 0) return 'there are dead letters';
    // Incidents that were forgotten with the state stay open until somebody looks.
    if (this.pagerduty.openCount > 0 && !this.#hasToldLoss) return 'an incident is open';
    const state = this.#mirror.keysOf('incidents');
    const left = state.find((key) => /^(?:incident|message)\//u.test(key));
    if (left !== undefined) return `the state has ${left}`;
    const cursor = Number(this.#mirror.valueOf('incidents', 'cursor') ?? 0);
    if (cursor < this.records.lastSequence) return 'incidents have not read everything';
    if (!isTroubled) this.#checkAttempts();
    return undefined;
  }

  /** What `audit verify` says in the end. */
  async verify(): Promise<void> {
    const { disk, copies, scheduler, isTroubled } = this.#options;
    this.checkOpened(disk.folder);
    const nowMs = scheduler.clock.wallMs();
    const faults = await verifyCopy(disk.folder, join(copies, 'verified'), { nowMs });
    if (!isTroubled || !this.#hasToldLoss) for (const fault of faults) this.tell(fault);
  }

  /** Cursors and open incidents are forgotten with the state: only damage may cause that. */
  #checkDamage(file: string): void {
    const { disk, copies } = this.#options;
    const path = join(disk.folder, file);
    const isSound = disk.observe(() => isSoundCopy(path, join(copies, 'set-aside')));
    if (isSound) this.tell(`${file} was set aside, and is sound`);
  }

  /** Removed by retention, which waits for every sink, or told to be lost. */
  #checkMissing(sequence: number): void {
    const isRemoved = sequence < this.#firstSequence;
    if (isRemoved && this.#isPassed(sequence)) return;
    if (this.#hasToldLoss) return;
    this.tell(
      isRemoved
        ? `entry ${sequence} was removed before everybody had it`
        : `entry ${sequence} was acknowledged, and is not in the journal`,
    );
  }

  #isPassed(sequence: number): boolean {
    const incidents = Number(this.#mirror.valueOf('incidents', 'cursor') ?? 0);
    const cursors = this.#targets.map(({ name }) => this.#cursorOf(name));
    return Math.min(incidents, ...cursors) >= sequence;
  }

  /** Nothing before a cursor is neither accepted nor a dead letter. */
  #checkCursor(name: string): void {
    const target = this.target(name);
    const cursor = this.#cursorOf(name);
    const from = this.#checkedThrough.get(name) ?? 0;
    for (const known of this.records.between(from, cursor)) {
      if (target.isSettled(known)) continue;
      this.tell(`the cursor of ${name} is at ${cursor}, and ${known.sequence} was not accepted`);
    }
    this.#checkedThrough.set(name, Math.max(from, cursor));
  }

  #checkAttempts(): void {
    const expected = new Map<string, number>();
    for (const { record } of this.records.bySequence.values()) {
      if (record.allowed) continue;
      const { username } = record.user;
      expected.set(username, (expected.get(username) ?? 0) + 1);
    }
    for (const [actor, count] of expected) {
      const counted = this.pagerduty.attemptsOf(actor);
      if (counted !== count) {
        this.tell(`${actor} attempted ${count} times, and ${counted} were told`);
      }
    }
  }

  #isStored({ kind, key, notice }: Accepted): boolean {
    const wanted = JSON.stringify({ kind, key, notice });
    return this.#mirror.keptIn('incidents').some((text) => {
      const { kind: kept, key: keptKey, notice: keptNotice } = Object(JSON.parse(text));
      return JSON.stringify({ kind: kept, key: keptKey, notice: keptNotice }) === wanted;
    });
  }

  #cursorOf(name: string): number {
    const text = this.#mirror.valueOf('delivery', `cursor/${name}`);
    const parsed: unknown = text === undefined ? {} : JSON.parse(text);
    return Number(Reflect.get(Object(parsed), 'sequence') ?? 0);
  }

  #hasLetter(name: string, sequence: number): boolean {
    const key = `${name}/${String(sequence).padStart(SEQUENCE_DIGITS, '0')}`;
    return (
      this.#mirror.valueOf('dead-letters', key) !== undefined &&
      this.#mirror.valueOf(`dead-letters/${key}`, 'entry') !== undefined
    );
  }
}
