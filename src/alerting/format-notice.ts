/** Formats an incident for people. */
import {
  BREAKER_OPENED_CODE,
  DRIFT_CODES,
  DRIFT_HEAL_FAILED_CODE,
  OBSERVED_CODES,
  REGISTRATION_CHANGED_CODE,
  TRUST_LOST_CODE,
} from '../audit/audit-record.ts';
import type { WallMs } from '../base/clock.ts';
import type { IncidentLink } from './settings.ts';
import type { Change } from './classify-record.ts';
import type { Attempt, Incident, Notice } from './incident.ts';

export interface NoticeOptions {
  readonly cluster: string;
  /** The rule's, then everybody's. */
  readonly links: readonly IncidentLink[];
}

/** The texts of an incident. */
export function formatNotice(incident: Incident, settings: NoticeOptions): Notice {
  const { first, last, severity, rule, class: kind } = incident;
  const [object = ''] = Object.keys(incident.objects);
  return {
    severity,
    class: kind,
    rule,
    summary: `[${settings.cluster}] ${summarize(incident)}`,
    source: settings.cluster,
    component: object,
    // From the first attempt, so that they do not change while the incident is open.
    group: first.app === '' ? first.namespace : first.app,
    namespace: first.namespace,
    time: last.time,
    startedAtMs: incident.openedAtMs,
    details: {
      attempts: incident.count,
      objects: listObjects(incident),
      ...describe(last),
      first: incident.first.time,
      last: last.time,
    },
    links: linksOf(last, settings),
  };
}

/** The texts of a change event. */
export function formatChange(
  { kind, attempt }: Change,
  settings: NoticeOptions & { readonly nowMs: WallMs },
): Notice {
  const summary =
    kind === 'deployment'
      ? describeDeployment(attempt)
      : `${attempt.username} used the break-glass grant ${attempt.grant} on ${attempt.object}`;
  return {
    severity: 'info',
    class: kind,
    rule: kind,
    summary: `[${settings.cluster}] ${summary}`,
    source: settings.cluster,
    component: attempt.object,
    group: attempt.app === '' ? attempt.namespace : attempt.app,
    namespace: attempt.namespace,
    time: attempt.time,
    startedAtMs: settings.nowMs,
    details: describe(attempt),
    links: linksOf(attempt, settings),
  };
}

/** Of several sources, the first one: the details have all. */
function describeDeployment({ app, revision, commit, signers }: Attempt): string {
  const signed = signers === '' ? '' : `, signed by ${signers}`;
  const id = commit === '' ? revision : commit;
  return `${app} deployed at ${id.slice(0, 12)}${signed}`;
}

/** The texts of the summary of rate-limited incidents. */
export function formatSummary(
  incident: Incident,
  settings: NoticeOptions & { readonly perMinuteMax: number },
): Notice {
  const notice = formatNotice(incident, settings);
  const { count, last } = incident;
  const reason = `more than ${settings.perMinuteMax} incidents in a minute, or too many open ones`;
  return {
    ...notice,
    summary: `[${settings.cluster}] Storm: ${count} further ${plural(count, 'attempt')} of other incidents, the last by ${last.username} on ${last.object} (${reason})`,
    component: 'holdfast',
  };
}

const FOUND_CODES: ReadonlySet<string> = new Set([
  BREAKER_OPENED_CODE,
  ...DRIFT_CODES,
  DRIFT_HEAL_FAILED_CODE,
  REGISTRATION_CHANGED_CODE,
  TRUST_LOST_CODE,
  ...OBSERVED_CODES,
]);

function summarize(incident: Incident): string {
  const { count, last, rule } = incident;
  const objects = Object.keys(incident.objects).length;
  const more =
    objects > 1 ? ` and ${incident.unlisted > 0 ? 'many' : objects - 1} other objects` : '';
  const times = count > 1 ? `, ${count} attempts` : '';
  // Nobody has done anything: the message says what was found.
  if (FOUND_CODES.has(last.code)) {
    return `${last.message.split('\n')[0]} (${rule})`;
  }
  const what = `${last.operation} ${last.object}${more}`;
  switch (last.decision) {
    case 'denied':
      return `${last.username} was refused ${what}: ${last.code}${times} (${rule})`;
    case 'unavailable':
      return `Policies cannot be evaluated: ${last.policies.join('; ')}${times} (${rule})`;
    case 'warned':
    case 'audited':
      return `${last.username} did ${what} against policy: ${last.policies.join('; ')}${times} (${rule})`;
    case 'allowed': {
      const under = last.grant === '' ? '' : ` under the grant ${last.grant}`;
      return `${last.username} did ${what}${under}${times} (${rule})`;
    }
  }
}

function listObjects({ objects, unlisted }: Incident): string[] {
  const listed = Object.entries(objects).map(([object, state]) =>
    state === 'healed' ? `${object} (healed)` : object,
  );
  return unlisted === 0
    ? listed
    : [...listed, `${unlisted} ${plural(unlisted, 'attempt')} on others`];
}

function plural(count: number, word: string): string {
  return count === 1 ? word : `${word}s`;
}

/** Only known values: an empty text would only take space. */
function describe(attempt: Attempt): Readonly<Record<string, string | string[]>> {
  const { policies, ...texts } = attempt;
  const known = Object.entries(texts).filter(([, text]) => text !== '');
  return { ...Object.fromEntries(known), ...(policies.length > 0 && { policies: [...policies] }) };
}

function linksOf(attempt: Attempt, { cluster, links }: NoticeOptions) {
  return formatLinks(links, {
    cluster,
    namespace: attempt.namespace,
    app: attempt.app,
    commit: attempt.commit === '' ? attempt.revision : firstOf(attempt.commit),
    decision: attempt.decisionId,
    replica: attempt.replica,
  });
}

/** A link leads to one commit. */
function firstOf(list: string): string {
  return list.replace(/, .*$/su, '');
}

/** A rule has at most 8 links and the section as many: nobody opens more than this. */
const LINKS_MAX = 10;

/** A link with an unknown placeholder is omitted: an incomplete URL is useless. */
export function formatLinks(
  links: readonly IncidentLink[],
  values: Readonly<Record<string, string>>,
): { text: string; href: string }[] {
  return links.slice(0, LINKS_MAX).flatMap(({ text, href }) => {
    let isWhole = true;
    const filled = href.replaceAll(/\{([a-z]+)\}/gu, (_, name: string) => {
      const value = values[name] ?? '';
      if (value === '') isWhole = false;
      // Encoded, so that a user-chosen name cannot change the path or the host.
      return encodeURIComponent(value);
    });
    return isWhole ? [{ text, href: filled }] : [];
  });
}
