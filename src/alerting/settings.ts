/** The section about incidents: which records become one, how severe it is, and who is told. */
import { z } from 'zod';
import { ACTOR_CLASSES, PROOF_GRADES } from '../identity/actor.ts';
import { DAY, MINUTE, SECOND, limit, type LimitRows } from '../settings/limit.ts';
import {
  nameSchema,
  namespacePatternSchema,
  section,
  usernameSchema,
} from '../settings/value-schemas.ts';
import { alertmanagerTargetSchema } from './targets/alertmanager/settings.ts';
import { pagerdutyTargetSchema } from './targets/pagerduty/settings.ts';

/** Rows of the table of limits. */
export const ALERT_LIMITS = {
  'alerts.quietMs': {
    default: 10 * MINUTE,
    minimum: SECOND,
    maximum: 7 * DAY,
    unit: 'milliseconds',
    reason: 'Longer than the pause between two tries of a job that is run again by a machine',
    overflow: 'An incident without a further attempt for so long is resolved',
    metric: 'holdfast_incidents_total',
  },
  'alerts.updateMs': {
    default: MINUTE,
    minimum: SECOND,
    maximum: DAY,
    unit: 'milliseconds',
    reason: 'People who are on it need the count now and then, not each attempt',
    overflow: 'The count is told with the next update',
    metric: 'holdfast_alert_events_total',
  },
  'alerts.incidentsMax': {
    default: 1000,
    minimum: 10,
    maximum: 20_000,
    unit: 'items',
    reason: 'More open incidents than this have one cause; each is some kilobytes of memory',
    overflow: 'Further ones are counted in the summary incident of their target',
    metric: 'holdfast_incidents_total',
  },
  'alerts.handoverMs': {
    default: 10 * SECOND,
    minimum: SECOND,
    maximum: 10 * MINUTE,
    unit: 'milliseconds',
    reason: 'The replica that leads reads what the others saw each second; a double is harmless',
    overflow: 'A replica notifies by itself of an incident that the leader has not sent by then',
    metric: 'holdfast_alert_events_total',
  },
  'alerts.lease.durationMs': {
    default: 15 * SECOND,
    minimum: 2 * SECOND,
    maximum: 5 * MINUTE,
    unit: 'milliseconds',
    reason: 'As long as the leases of the control plane',
    overflow: 'Another replica takes the lease and leads',
    metric: 'holdfast_alert_leader',
  },
  'alerts.lease.pollMs': {
    default: SECOND,
    minimum: 100,
    maximum: MINUTE,
    unit: 'milliseconds',
    reason: 'What another replica saw is told within two seconds; one small read is no load',
    overflow: 'The lease is read again',
    metric: 'holdfast_alert_leader',
  },
  'alerts.deadLettersMax': {
    default: 100,
    minimum: 1,
    maximum: 10_000,
    unit: 'items',
    reason: 'A message that was refused for good has a fault that the next one has, too',
    overflow: 'The oldest is dropped; each was logged when it was refused',
    metric: 'holdfast_alert_events_total',
  },
} as const satisfies LimitRows;

const TARGETS_MAX = 16;
const RULES_MAX = 200;
const LINKS_MAX = 8;

// An empty list would match nothing, and a rule that matches nothing looks like one without news.
function listOf<Item extends z.ZodType>(item: Item) {
  return z.array(item).min(1).max(1000).readonly().optional();
}

const textSchema = z.string().min(1).max(253);

/** Every condition that is given must hold, each list by one of its values. */
const matchSchema = section({
  /** What came of the request; one request can be several. */
  decisions: listOf(z.enum(['denied', 'warned', 'audited', 'unavailable', 'allowed'])),
  operations: listOf(z.enum(['CREATE', 'UPDATE', 'DELETE', 'CONNECT'])),
  /** Of the decision, or of any policy that did not pass. */
  codes: listOf(textSchema),
  /** Policies that did not pass. */
  policies: listOf(textSchema),
  namespaces: listOf(z.union([z.literal(''), namespacePatternSchema])),
  kinds: listOf(textSchema),
  apps: listOf(textSchema),
  actorClasses: listOf(z.enum(ACTOR_CLASSES)),
  usernames: listOf(usernameSchema),
  proofGrades: listOf(z.enum(PROOF_GRADES)),
  /** Whether the actor proved to be who its name says. */
  proofSufficient: z.boolean().optional(),
  /** Whether the request came under a break-glass grant. */
  grant: z.boolean().optional(),
});

/** Placeholders of a link: `{cluster}`, `{namespace}`, `{app}`, `{commit}`, `{decision}`. */
const linkSchema = section({
  text: z.string().min(1).max(100),
  href: z
    .string()
    .max(2000)
    .regex(
      /^https:\/\/[^\s{}]*(?:\{(?:cluster|namespace|app|commit|decision)\}[^\s{}]*)*$/u,
      'Expected an https address; {cluster}, {namespace}, {app}, {commit} and {decision} are filled in',
    ),
});

const linksSchema = z.array(linkSchema).max(LINKS_MAX).readonly().prefault([]);

const ruleSchema = section({
  /** In every incident, and in messages. */
  name: nameSchema,
  match: matchSchema.prefault({}),
  /** What matches is no incident, and no later rule is asked. */
  ignore: z.boolean().default(false),
  severity: z.enum(['critical', 'error', 'warning', 'info']).default('warning'),
  /** What kind of incident it is: attempts of one actor and one class are one incident. Absent: the rule's name. */
  class: nameSchema.optional(),
  /** What is one incident: the attempts of an actor, all trouble with a policy, or everything of the class. */
  oneFor: z.enum(['actor', 'policy', 'class']).default('actor'),
  /** Names of targets. Absent: all. */
  targets: listOf(nameSchema),
  /** Absent: alerts.quietMs. */
  quietMs: z
    .int()
    .min(ALERT_LIMITS['alerts.quietMs'].minimum)
    .max(ALERT_LIMITS['alerts.quietMs'].maximum)
    .optional(),
  /** Resolved as soon as the GitOps controller has written every object of the incident again. */
  resolveOnHeal: z.boolean().default(false),
  links: linksSchema,
});

const leaseSchema = section({
  /** In our own namespace: who holds it leads for all replicas. */
  name: z
    .string()
    .regex(/^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/u, 'Expected the name of a Lease')
    .default('holdfast-alerts'),
  durationMs: limit(ALERT_LIMITS['alerts.lease.durationMs']),
  pollMs: limit(ALERT_LIMITS['alerts.lease.pollMs']),
});

/** Incidents. */
export const alertsSchema = section({
  /** Who is told; without any there are no incidents. */
  targets: z
    .array(z.discriminatedUnion('type', [pagerdutyTargetSchema, alertmanagerTargetSchema]))
    .max(TARGETS_MAX)
    .readonly()
    .prefault([]),
  /** The first that matches decides. */
  rules: z.array(ruleSchema).max(RULES_MAX).readonly().prefault([]),
  /** Whether the built-in rules follow. */
  defaultRules: z.boolean().default(true),
  /** In every incident, after the rule's own. */
  links: linksSchema,
  quietMs: limit(ALERT_LIMITS['alerts.quietMs']),
  updateMs: limit(ALERT_LIMITS['alerts.updateMs']),
  incidentsMax: limit(ALERT_LIMITS['alerts.incidentsMax']),
  handoverMs: limit(ALERT_LIMITS['alerts.handoverMs']),
  deadLettersMax: limit(ALERT_LIMITS['alerts.deadLettersMax']),
  lease: leaseSchema.prefault({}),
}).superRefine(({ targets, rules }, context) => {
  const names = new Set(targets.map(({ name }) => name));
  if (names.size < targets.length) {
    const message = 'Expected a name of its own for each target';
    context.addIssue({ code: 'custom', message, path: ['targets'] });
  }
  for (const [index, rule] of rules.entries()) {
    const unknown = (rule.targets ?? []).find((name) => !names.has(name));
    if (unknown === undefined) continue;
    const message = `Expected the name of a target, found "${unknown}"`;
    context.addIssue({ code: 'custom', message, path: ['rules', index, 'targets'] });
  }
});

export type AlertsConfiguration = z.output<typeof alertsSchema>;
export type AlertTargetSettings = AlertsConfiguration['targets'][number];
export type IncidentRule = AlertsConfiguration['rules'][number];
export type IncidentLink = AlertsConfiguration['links'][number];
