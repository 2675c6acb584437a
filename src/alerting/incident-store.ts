/** The open incidents: applies observations, queues messages, ends incidents. */
import { PAST_ADMISSION_CODES } from '../audit/audit-record.ts';
import type { WallMs } from '../base/clock.ts';
import type { IncidentLink, IncidentRule } from './settings.ts';
import type { AlertTarget } from './alert-target.ts';
import type { Change, Observation } from './classify-record.ts';
import { formatGroup, formatKey } from './format-key.ts';
import { formatChange, formatNotice, formatSummary } from './format-notice.ts';
import type { RateUse, Incident, Notice } from './incident.ts';
import type { Outbox } from './outbox.ts';
import type { RememberedState } from './incident-state.ts';
import { planRateLimit } from './plan-rate-limit.ts';
import { planEnd, planResumption } from './plan-end.ts';
import { planHeal, planIncident } from './plan-incident.ts';
import { planNotification } from './plan-notification.ts';
import type { StateChanges } from './incident-state.ts';
import type { EndedIncident } from './replica-status.ts';
import { isCovered, type SeenReports } from './seen-reports.ts';

export interface IncidentStoreOptions {
  /** The name of this replica, by which the others know it. */
  readonly replica: string;
  readonly cluster: string;
  readonly rules: readonly IncidentRule[];
  readonly links: readonly IncidentLink[];
  readonly targets: readonly AlertTarget[];
  readonly quietMs: number;
  readonly updateMs: number;
  readonly incidentsMax: number;
  readonly handoverMs: number;
  /** Called with the result of each attempt and incident. */
  readonly onOutcome: (outcome: 'opened' | 'joined' | 'folded' | 'resolved') => void;
  readonly onChangeDropped: (target: string) => void;
}

const STORM = 'alert-storm';
/** Additional capacity for critical incidents only. */
const CRITICAL_RESERVE = 0.25;
/** The number of ended groups that are reported to other replicas. */
const ENDED_MAX = 50;
/** Further subjects are forgotten, oldest first: the next write of such an application counts as a deployment again. */
const SUBJECTS_MAX = 2000;

/** Of an incident that ends here or elsewhere. */
interface Ending extends EndedIncident {
  /** Newer messages are of the next incident. */
  readonly throughId: number;
  readonly keys: readonly string[];
}

interface Ended extends Ending {
  readonly incident: Incident;
  /** The messages of its end are newer. */
  readonly afterId: number;
}

/** All incidents of this replica, merged with the reports of the others. */
export class IncidentStore {
  readonly #settings: IncidentStoreOptions;
  readonly #outbox: Outbox;
  readonly #changes: StateChanges;
  readonly #seen: SeenReports;
  readonly #byGroup = new Map<string, Incident>();
  readonly #rates: Map<string, RateUse>;
  readonly #subjects: Map<string, string>;
  readonly #ended = new Map<string, Ended>();

  constructor(
    settings: IncidentStoreOptions,
    dependencies: {
      readonly outbox: Outbox;
      readonly changes: StateChanges;
      readonly seen: SeenReports;
    },
    remembered: RememberedState & { readonly nowMs: WallMs },
  ) {
    this.#settings = settings;
    this.#outbox = dependencies.outbox;
    this.#changes = dependencies.changes;
    this.#seen = dependencies.seen;
    this.#rates = new Map(remembered.rates);
    this.#subjects = new Map(remembered.changes);
    const { quietMs } = settings;
    for (const incident of remembered.incidents) {
      const rule = this.#ruleOf(incident);
      const resumed = planResumption(incident, { nowMs: remembered.nowMs, quietMs, rule });
      this.#byGroup.set(incident.group, resumed);
    }
  }

  get incidents(): readonly Incident[] {
    return [...this.#byGroup.values()];
  }

  /** Recently announced changes, newest last. */
  get changeKeys(): readonly string[] {
    return [...this.#subjects.values()];
  }

  /** What the other replicas hear of: an incident is open until its targets have accepted its end. */
  get reported(): readonly Incident[] {
    const ending = [...this.#ended.values()].filter((ended) => this.#isWaiting(ended));
    return [...this.incidents, ...ending.map(({ incident }) => incident)];
  }

  /** What has ended lately, the newest last. */
  get ends(): readonly EndedIncident[] {
    return [...this.#ended.values()].filter((ended) => !this.#isWaiting(ended));
  }

  ruleNamed(name: string): IncidentRule | undefined {
    return this.#settings.rules.find((rule) => rule.name === name);
  }

  observe(observation: Observation, nowMs: WallMs): void {
    const open = this.#byGroup.get(observation.group) ?? this.#resume(observation.group);
    if (open === undefined && this.#isFullFor(observation.rule)) {
      for (const target of this.#targetsOf(observation.rule)) {
        this.#fold(target, observation, nowMs);
      }
      return;
    }
    this.#settings.onOutcome(open === undefined ? 'opened' : 'joined');
    const incident = planIncident(open, observation, nowMs);
    this.#keep(incident);
    for (const target of this.#targetsOf(observation.rule)) {
      if (this.#tell(incident.group, target, nowMs) === 'folded') {
        this.#fold(target, observation, nowMs);
      }
    }
  }

  /** The leader has ended it after counting all attempts: nothing is left to send. */
  endElsewhere({ group, counted }: EndedIncident): void {
    const incident = this.#byGroup.get(group);
    const open = incident === undefined ? undefined : this.#endedOf(incident);
    for (const ended of [this.#ended.get(group), open]) {
      // Attempts that the leader has not counted keep the incident open, and are reported to it.
      if (ended === undefined || !isCovered(ended.counted, counted)) continue;
      for (const key of ended.keys) this.#outbox.removeKey(key, ended.throughId);
      if (ended === open && incident !== undefined) this.#forget(incident);
    }
  }

  /** Adopts the key under which the leader has sent the same incident. */
  rename(group: string, key: string): void {
    const incident = this.#byGroup.get(group);
    if (incident === undefined || incident.key === key) return;
    this.#changes.remove(`incident/${incident.key}`);
    const aliases = [...incident.aliases.filter((one) => one !== key), incident.key];
    this.#keep({ ...incident, key, aliases });
  }

  /**
   * The object is what it should be again: its GitOps controller wrote it, it was compared, or another replica says so. A write
   * of the controller does not end a finding: it leaves what was added.
   */
  heal(object: string, by: 'written' | 'compared' | 'reported'): void {
    for (const incident of this.#byGroup.values()) {
      const isFinding = PAST_ADMISSION_CODES.includes(incident.last.code);
      if (by !== 'reported' && isFinding !== (by === 'compared')) continue;
      const healed = planHeal(incident, object);
      if (healed !== incident) this.#keep(healed);
    }
  }

  /** The object is changed under a grant, which is added to its incident. */
  attend(object: string, nowMs: WallMs): void {
    for (const incident of this.#byGroup.values()) {
      if (incident.acknowledged || incident.expiresAtMs !== undefined) continue;
      if (!(object in incident.objects)) continue;
      this.#keep({ ...incident, acknowledged: true });
      this.#queueForTold(incident, 'acknowledge', nowMs);
    }
  }

  /** Announces a change of its subject once. */
  announce(change: Change, nowMs: WallMs): void {
    const { key, subject } = change;
    if (this.#subjects.get(subject) === key) return;
    this.#subjects.delete(subject);
    this.#subjects.set(subject, key);
    this.#changes.set(`change/${subject}`, key);
    const [oldest] = this.#subjects.keys();
    if (this.#subjects.size > SUBJECTS_MAX && oldest !== undefined) {
      this.#subjects.delete(oldest);
      this.#changes.remove(`change/${oldest}`);
    }
    const { cluster, links } = this.#settings;
    const notice = formatChange(change, { cluster, links, nowMs });
    for (const target of this.#settings.targets) {
      if (target.takesChanges) this.#announceTo(target, { key, notice }, nowMs);
    }
  }

  /** The wall clock was set forward by so much, or back. */
  shiftClock(byMs: number): void {
    for (const incident of this.#byGroup.values()) {
      this.#keep({ ...incident, quietSinceMs: incident.quietSinceMs + byMs });
    }
  }

  /** Applies the passage of time: due counts, repetitions, and ends, where these may be. */
  sweep(nowMs: WallMs, { mayEnd }: { readonly mayEnd: (group: string) => boolean }): void {
    const { quietMs } = this.#settings;
    for (const incident of this.#byGroup.values()) {
      const rule = this.#ruleOf(incident);
      const end = mayEnd(incident.group) ? planEnd(incident, { nowMs, quietMs, rule }) : undefined;
      if (end === undefined) this.#tellAgain(incident, nowMs);
      else this.#end(incident, nowMs);
    }
  }

  // A target that was not notified yet is notified, or counted, at the next event.
  #tellAgain({ group, told }: Incident, nowMs: WallMs): void {
    for (const target of this.#settings.targets) {
      if (told[target.name] !== undefined) this.#tell(group, target, nowMs);
    }
  }

  #end(incident: Incident, nowMs: WallMs): void {
    const afterId = this.#outbox.lastId;
    this.#queueForTold(incident, 'resolve', nowMs);
    this.#ended.delete(incident.group);
    this.#ended.set(incident.group, { ...this.#endedOf(incident), incident, afterId });
    const [oldest] = this.#ended.keys();
    if (this.#ended.size > ENDED_MAX && oldest !== undefined) this.#ended.delete(oldest);
    this.#forget(incident);
    this.#settings.onOutcome('resolved');
  }

  #isWaiting({ afterId, throughId }: Ended): boolean {
    return this.#outbox.holdsAny(afterId, throughId);
  }

  /** As long as nobody was told of its end, it goes on. */
  #resume(group: string): Incident | undefined {
    const ended = this.#ended.get(group);
    if (ended === undefined) return undefined;
    if (!this.#outbox.takeBack(ended.afterId, ended.throughId)) return undefined;
    this.#ended.delete(group);
    return ended.incident;
  }

  #endedOf(incident: Incident): Ending {
    const { group, own, first } = incident;
    const counted = {
      ...this.#seen.contributionsTo(group),
      ...(own > 0 && { [this.#settings.replica]: { own, first: first.decisionId } }),
    };
    return { group, counted, keys: keysOf(incident), throughId: this.#outbox.lastId };
  }

  #forget({ group, key }: Incident): void {
    this.#byGroup.delete(group);
    this.#changes.remove(`incident/${key}`);
  }

  // As with the rate limit: noise must not use up the capacity for critical incidents.
  #isFullFor({ severity }: IncidentRule): boolean {
    const { incidentsMax } = this.#settings;
    const reserve = severity === 'critical' ? Math.ceil(incidentsMax * CRITICAL_RESERVE) : 0;
    return this.#byGroup.size >= incidentsMax + reserve;
  }

  #tell(group: string, target: AlertTarget, nowMs: WallMs): 'folded' | 'done' {
    const incident = this.#byGroup.get(group);
    if (incident === undefined) return 'done';
    const isStorm = incident.rule === STORM;
    const notification = planNotification(incident, target, {
      nowMs,
      updateMs: this.#settings.updateMs,
      rate: this.#rates.get(target.name),
      beyondRateLimit: isStorm,
    });
    this.#setRate(target, notification.rate);
    if (notification.what === 'folded') return 'folded';
    if (notification.what === 'later') return 'done';
    this.#keep(notification.incident);
    const decidedAtMs = notification.what === 'first' ? Date.parse(incident.last.time) : undefined;
    this.#outbox.add({
      ...this.#envelope(target, nowMs),
      kind: 'trigger',
      key: incident.key,
      notice: this.#noticeOf(notification.incident, target),
      ...(decidedAtMs !== undefined && { decidedAtMs }),
    });
    return 'done';
  }

  /** Counts what exceeds the target's rate limit in one summary, which is sent regardless of it. */
  #fold(target: AlertTarget, observation: Observation, nowMs: WallMs): void {
    const { cluster } = this.#settings;
    this.#settings.onOutcome('folded');
    const rule = {
      ...observation.rule,
      name: STORM,
      class: STORM,
      targets: [target.name],
      resolveOnHeal: false,
    };
    const object = `target/${target.name}`;
    const group = formatGroup([STORM, target.name]);
    const key = formatKey({ cluster, object, actor: '', class: STORM });
    const folded = { ...observation, rule, key, group, object, expiresAtMs: undefined };
    this.#keep(planIncident(this.#byGroup.get(group), folded, nowMs));
    this.#tell(group, target, nowMs);
  }

  #announceTo(
    target: AlertTarget,
    { key, notice }: { readonly key: string; readonly notice: Notice },
    nowMs: WallMs,
  ): void {
    const name = `change ${target.name}`;
    const { granted, rate } = planRateLimit(this.#rates.get(name), {
      nowMs,
      perMinuteMax: target.changesPerMinuteMax,
      severity: 'critical',
    });
    this.#rates.set(name, rate);
    if (granted) {
      this.#outbox.add({ ...this.#envelope(target, nowMs), kind: 'change', key, notice });
    } else {
      this.#settings.onChangeDropped(target.name);
    }
  }

  #queueForTold(incident: Incident, kind: 'acknowledge' | 'resolve', nowMs: WallMs): void {
    for (const target of this.#settings.targets) {
      if (incident.told[target.name] === undefined) continue;
      const notice = this.#noticeOf(incident, target);
      // An alias may have been sent by a replica that no longer exists; ending an incident that is not open
      // has no effect.
      for (const key of keysOf(incident)) {
        this.#outbox.add({ ...this.#envelope(target, nowMs), kind, key, notice });
      }
    }
  }

  #envelope(target: AlertTarget, nowMs: WallMs) {
    return { target: target.name, dueAtMs: nowMs, handoverAtMs: nowMs + this.#settings.handoverMs };
  }

  #noticeOf(incident: Incident, target: AlertTarget): Notice {
    const { cluster } = this.#settings;
    const links = [...(this.#ruleOf(incident)?.links ?? []), ...this.#settings.links];
    return incident.rule === STORM
      ? formatSummary(incident, { cluster, links, perMinuteMax: target.triggersPerMinuteMax })
      : formatNotice(incident, { cluster, links });
  }

  #targetsOf({ targets }: IncidentRule): readonly AlertTarget[] {
    const all = this.#settings.targets;
    return targets === undefined ? all : all.filter(({ name }) => targets.includes(name));
  }

  #ruleOf({ rule }: Incident): IncidentRule | undefined {
    return this.ruleNamed(rule);
  }

  #setRate(target: AlertTarget, rate: RateUse | undefined): void {
    if (rate === undefined || rate === this.#rates.get(target.name)) return;
    this.#rates.set(target.name, rate);
    this.#changes.set(`rate/${target.name}`, rate);
  }

  #keep(incident: Incident): void {
    this.#byGroup.set(incident.group, incident);
    this.#changes.set(`incident/${incident.key}`, incident);
  }
}

function keysOf({ key, aliases }: Incident): readonly string[] {
  return [key, ...aliases];
}
