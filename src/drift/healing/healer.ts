/**
 * Has drift put right: asks the writer of an object to write it again, and takes off what was added to it.
 *
 * Each attempt is recorded before it is made. Only the leader asks; a replica that asked tells the end, whoever leads then. Nothing is
 * asked while somebody works on the object under a grant, or while the cluster is frozen, and never what an autoscaler decides.
 */
import type { HealingMeans } from '../../audit/audit-record.ts';
import { addMs, type Clock, type MonotonicMs, type WallMs } from '../../base/clock.ts';
import { errorText } from '../../base/error-details.ts';
import type {
  ApiReading,
  ApiWriting,
  ClusterWriter,
  WriteOptions,
} from '../../kubernetes/client/cluster-client.ts';
import { formatObjectPath } from '../../kubernetes/client/format-api-path.ts';
import type { KubernetesObject } from '../../kubernetes/object.ts';
import { formatResource, type ObjectReference } from '../../kubernetes/object-reference.ts';
import type { Logger } from '../../telemetry/logger.ts';
import type { Metrics } from '../../telemetry/metrics.ts';
import type { OpenFinding } from '../drift-state.ts';
import type { HealingReport } from './format-healing-record.ts';
import type { HealingRow, HealingState, RememberedHealing } from './healing-state.ts';
import { matchSelected } from './match-selected.ts';
import { planHealing, planHeld, planNext, within } from './plan-healing.ts';
import type { PatchOperation } from './plan-removal.ts';
import { planReconcile } from './plan-reconcile.ts';
import { planSync, type PlannedAsk } from './plan-sync.ts';
import {
  prepareRepair,
  type DriftedObject,
  type Repairable,
  type RepairPorts,
} from './prepare-repair.ts';
import { HEALING_LIMITS, type HealSettings } from './settings.ts';

export interface HealerOptions extends RepairPorts {
  readonly settings: HealSettings;
  /** What is open now, by object key. */
  readonly open: ReadonlyMap<string, OpenFinding>;
  /** What the writer wrote last. */
  readonly readIntended: (key: string) => Promise<KubernetesObject | undefined>;
  /** The Application, Kustomization or HelmRelease that the object's mark names. */
  readonly findApplication: (
    object: KubernetesObject,
    reference: ObjectReference,
  ) => ObjectReference | undefined;
  /** The findings that somebody asked for by hand, by their decision ids. Never rejects. */
  readonly readRequests: () => Promise<ReadonlySet<string>>;
  /** Under the account that can do nothing else. */
  readonly writer: ClusterWriter;
  /** Resolves with the decision id when the record is durable; `undefined` if it could not be kept. */
  readonly record: (report: HealingReport) => Promise<string | undefined>;
  readonly state: HealingState;
  readonly remembered: RememberedHealing;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Metrics;
}

/** Of all that one attempt asks the API server; another application waits meanwhile. */
const ATTEMPT_MS = 20_000;
const OBJECTS_MAX = HEALING_LIMITS['drift.heal.objectsMax'].default;
const FIELD_MANAGER = 'holdfast-healer';

/** An object that is to be asked for now. */
interface Due extends DriftedObject {
  readonly key: string;
  readonly row: HealingRow;
}

type Ready = Due & Repairable;

/** One healer for all applications. */
export class Healer {
  readonly #options: HealerOptions;
  readonly #rows: Map<string, HealingRow>;
  readonly #asked: Map<string, readonly number[]>;
  /** By object, what the API server refused last. */
  readonly #refusals = new Map<string, string>();
  /** By object, why it was held last: told once. */
  readonly #holds = new Map<string, string>();
  /** By object key and uid: a mark does not change while a finding is open. */
  readonly #applications = new Map<string, ObjectReference | 'none'>();
  #turn: Promise<void> | undefined;

  constructor(options: HealerOptions) {
    this.#options = options;
    this.#rows = new Map(options.remembered.rows);
    this.#asked = new Map(options.remembered.asked);
    options.metrics.beforeExposition(() => {
      const given = [...this.#rows.values()].filter(({ progress }) => progress.gaveUp === true);
      options.metrics.set('holdfast_drift_heals_given_up', given.length);
    });
  }

  /** Looks at everything that is open, unless it does so still. Never rejects. */
  takeTurn(leads: boolean): void {
    this.#turn ??= this.#take(leads)
      .catch((error: unknown) => {
        this.#options.logger.warn('Drift cannot be healed now; it is tried again', {
          reason: errorText(error),
        });
      })
      .finally(() => {
        this.#turn = undefined;
      });
  }

  /** Resolves when nothing is asked any more. */
  async close(): Promise<void> {
    await this.#turn;
  }

  async #take(leads: boolean): Promise<void> {
    await this.#tellEnds();
    if (!leads) return;
    const due: Due[] = [];
    const { open: all } = this.#options;
    const requests = all.size === 0 ? new Set<string>() : await this.#options.readRequests();
    for (const [key, open] of all) {
      const one = await this.#findDue(key, open, requests);
      if (one !== undefined) due.push(one);
    }
    const groups = Map.groupBy(due, ({ application }) => nameOf(application));
    for (const group of groups.values()) {
      // The others are due in the next turn.
      const named = group.slice(0, OBJECTS_MAX);
      const [first] = named;
      if (first !== undefined) await this.#attempt(first.application, named);
    }
  }

  /** What is no longer open is what it should be. */
  async #tellEnds(): Promise<void> {
    const { open, record, metrics } = this.#options;
    for (const [key, { subject, found, progress }] of this.#rows) {
      const now = open.get(key);
      if (now !== undefined && !now.reverted) continue;
      const { attempts, gaveUp } = progress;
      if (attempts > 0 && gaveUp !== true) {
        const told = await record({ state: 'healed', subject, found, by: [], attempts });
        if (told === undefined) continue;
        metrics.increment('holdfast_drift_heals_total', { outcome: 'healed' });
      }
      await this.#forget(key);
    }
  }

  async #findDue(
    key: string,
    open: OpenFinding,
    requests: ReadonlySet<string>,
  ): Promise<Due | undefined> {
    const { decisionId: found } = open;
    // What was not told is not healed: nobody would know.
    if (open.reverted || found === '') return undefined;
    // What nobody in Git declares has no writer: a person deletes it.
    if (open.finding.what === 'added') return undefined;
    const known = this.#rows.get(key);
    const isNew = requests.has(found) && known?.requested !== found;
    const isSelected = isNew || known?.requested === found;
    const application = await this.#findApplication(key, open, isSelected);
    if (application === undefined) return undefined;
    const nowMs = this.#now();
    const subject = subjectOf(open);
    if (isNew) {
      // Once, and anew: also what was given up.
      const row = { subject, found, requested: found, progress: { attempts: 0, nextAtMs: nowMs } };
      return await this.#describeDue({ key, open, application, row });
    }
    const step = planHealing({
      progress: known?.progress,
      nowMs,
      askedAtMs: this.#asked.get(nameOf(application)) ?? [],
      settings: this.#options.settings,
    });
    switch (step.step) {
      case 'rest':
        return undefined;
      case 'begin':
        await this.#keep(key, { subject, found, progress: step.progress });
        return undefined;
      case 'give-up':
        if (known !== undefined) await this.#giveUp(key, known, step.reason);
        return undefined;
      case 'ask':
        if (known === undefined) return undefined;
        return await this.#describeDue({
          key,
          open,
          application,
          row: { ...known, subject, found },
        });
    }
  }

  async #describeDue(due: Omit<Due, 'intended'>): Promise<Due | undefined> {
    const intended = await this.#options.readIntended(due.key);
    return intended && { ...due, intended };
  }

  /** `undefined` where nobody has it healed. */
  async #findApplication(
    key: string,
    open: OpenFinding,
    isSelected: boolean,
  ): Promise<ObjectReference | undefined> {
    const { finding } = open;
    const id = `${key} ${finding.uid}`;
    let found = this.#applications.get(id);
    if (found === undefined) {
      const intended = await this.#options.readIntended(key);
      if (intended === undefined) return undefined;
      found = this.#options.findApplication(intended, finding.object) ?? 'none';
      if (this.#applications.size >= APPLICATIONS_MAX) this.#applications.clear();
      this.#applications.set(id, found);
    }
    if (found === 'none') return undefined;
    const isMeant = isSelected || matchSelected(finding.object, found, this.#options.settings);
    return isMeant ? found : undefined;
  }

  async #attempt(application: ObjectReference, due: readonly Due[]): Promise<void> {
    const deadlineAtMs = addMs(this.#options.clock.monotonicMs(), ATTEMPT_MS);
    const ready: Ready[] = [];
    for (const one of due) {
      const prepared = await prepareRepair(one, this.#options, deadlineAtMs);
      if (prepared.status === 'ready') ready.push({ ...one, ...prepared.repairable });
      else if (prepared.status === 'held') await this.#hold(one, prepared.reason);
      else await this.#giveUp(one.key, one.row, prepared.reason);
    }
    const written = ready.filter(({ repair }) => repair.needsWriter);
    const ask = await this.#planAsk(application, written, deadlineAtMs);
    const isAsked = ask?.status === 'ask';
    for (const one of written) {
      if (ask?.status === 'refused') await this.#giveUp(one.key, one.row, ask.reason);
      if (ask?.status === 'held') await this.#hold(one, ask.reason);
      if (ask === undefined) await this.#hold(one, 'its application cannot be read');
    }
    const doable = ready.filter(({ repair }) => isAsked || !repair.needsWriter);
    const told = await this.#tell(application, doable, isAsked ? ask.by : undefined);
    // The request names all of them: where one was not recorded, none is asked for.
    if (isAsked && written.every((one) => told.includes(one))) {
      const path = formatObjectPath(application);
      const outcome = await this.#write(path, { ...asMergePatch(ask.patch), deadlineAtMs });
      for (const { key, repair } of told) if (repair.needsWriter) this.#note(key, outcome);
    }
    for (const { key, open, removal } of told) {
      if (removal === undefined) continue;
      const path = formatObjectPath(open.finding.object);
      this.#note(key, await this.#write(path, { ...asJsonPatch(removal), deadlineAtMs }));
    }
  }

  /** `undefined` where nobody needs the writer, or the application cannot be read now. */
  async #planAsk(
    application: ObjectReference,
    written: readonly Ready[],
    deadlineAtMs: MonotonicMs,
  ): Promise<PlannedAsk | undefined> {
    const [first] = written;
    if (first === undefined) return undefined;
    const reading = await this.#read(formatObjectPath(application), deadlineAtMs);
    if (reading.status === 'unavailable') return undefined;
    if (reading.status === 'absent') {
      return { status: 'refused', reason: `its ${application.kind} is not there` };
    }
    if (application.kind !== 'Application') {
      return planReconcile(reading.body, application.kind, this.#now());
    }
    return planSync({
      application: reading.body,
      objects: written.map(({ open }) => open.finding.object),
      decisionId: first.open.decisionId,
      isFirst: written.every(({ row }) => row.progress.attempts === 0),
    });
  }

  /** Counts and records the attempt; only what is on disk is made. */
  async #tell(
    application: ObjectReference,
    ready: readonly Ready[],
    ask: HealingMeans | undefined,
  ): Promise<readonly Ready[]> {
    if (ready.length === 0) return [];
    const { state, settings, record, metrics } = this.#options;
    const nowMs = this.#now();
    const name = nameOf(application);
    const times = [...within(this.#asked.get(name) ?? [], nowMs, settings.windowMs), nowMs];
    this.#asked.set(name, times);
    await state.writeAsked(name, times);
    const told: Ready[] = [];
    for (const one of ready) {
      const { key, row, repair, removal } = one;
      const progress = planNext(row.progress, nowMs, settings);
      const by: HealingMeans[] = [
        ...(repair.needsWriter && ask !== undefined ? [ask] : []),
        ...(removal === undefined ? [] : ['removal' as const]),
      ];
      const { subject, found } = row;
      const { left: reason } = repair;
      const report = {
        state: 'asked',
        subject,
        found,
        by,
        attempts: progress.attempts,
        reason,
      } as const;
      await this.#keep(key, { ...row, progress });
      if ((await record(report)) === undefined) continue;
      metrics.increment('holdfast_drift_heals_total', { outcome: 'asked' });
      told.push(one);
    }
    return told;
  }

  async #giveUp(key: string, row: HealingRow, reason: string): Promise<void> {
    const { record, metrics, logger } = this.#options;
    const refusal = this.#refusals.get(key);
    const { subject, found, progress } = row;
    const told = await record({
      state: 'failed',
      subject,
      found,
      by: [],
      attempts: progress.attempts,
      reason: refusal === undefined ? reason : `${reason}. ${refusal}`,
    });
    // It is told in the next turn.
    if (told === undefined) return;
    metrics.increment('holdfast_drift_heals_total', { outcome: 'given_up' });
    logger.error('Drift is not healed, and no longer asked for', { object: key, reason });
    await this.#keep(key, { ...row, progress: { ...progress, gaveUp: true } });
  }

  async #hold({ key, row }: Due, reason: string): Promise<void> {
    this.#options.metrics.increment('holdfast_drift_heals_total', { outcome: 'held' });
    if (this.#holds.get(key) !== reason) {
      this.#options.logger.info('Drift is not healed now', { object: key, reason });
      this.#holds.set(key, reason);
    }
    const progress = planHeld(row.progress, this.#now(), this.#options.settings);
    await this.#keep(key, { ...row, progress });
  }

  /** A conflict is another write, after which it is looked at again. */
  #note(key: string, outcome: ApiWriting): void {
    if (outcome.status === 'written') {
      this.#refusals.delete(key);
      return;
    }
    const reason = 'reason' in outcome ? outcome.reason : 'It is not there';
    if (outcome.status !== 'conflict') this.#refusals.set(key, reason);
    this.#options.logger.warn('What would heal drift was not written', { object: key, reason });
  }

  async #read(path: string | undefined, deadlineAtMs: MonotonicMs): Promise<ApiReading> {
    return path === undefined
      ? { status: 'absent' }
      : await this.#options.client.read(path, { deadlineAtMs });
  }

  async #write(path: string | undefined, patch: Omit<WriteOptions, 'method'>): Promise<ApiWriting> {
    if (path === undefined) return { status: 'absent' };
    const url = `${path}?fieldManager=${FIELD_MANAGER}`;
    return await this.#options.writer.write(url, { method: 'PATCH', ...patch });
  }

  async #keep(key: string, row: HealingRow): Promise<void> {
    this.#rows.set(key, row);
    await this.#options.state.writeRow(key, row);
  }

  async #forget(key: string): Promise<void> {
    this.#rows.delete(key);
    this.#refusals.delete(key);
    this.#holds.delete(key);
    await this.#options.state.writeRow(key, undefined);
  }

  #now(): WallMs {
    return this.#options.clock.wallMs();
  }
}

/** As many as findings can be open. */
const APPLICATIONS_MAX = 100_000;

function asMergePatch(body: object) {
  return { body, contentType: 'application/merge-patch+json' };
}

function asJsonPatch(body: readonly PatchOperation[]) {
  return { body, contentType: 'application/json-patch+json' };
}

function nameOf(application: ObjectReference): string {
  const { namespace = '', name } = application;
  return `${formatResource(application)}/${namespace}/${name}`;
}

function subjectOf({
  finding: { what, object, uid, managedBy },
}: OpenFinding): HealingRow['subject'] {
  return { what, object, uid, managedBy };
}
