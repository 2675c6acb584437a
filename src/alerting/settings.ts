/** The settings section `alerts`: which records become incidents, their severity and targets. */
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
    reason: 'Longer than the pause between two attempts of an automatically retried job',
    overflow: 'An incident without a further attempt for this time is resolved',
    metric: 'holdfast_incidents_total',
  },
  'alerts.updateMs': {
    default: MINUTE,
    minimum: SECOND,
    maximum: DAY,
    unit: 'milliseconds',
    reason: 'Responders need the count from time to time, not each attempt',
    overflow: 'The next update carries the count',
    metric: 'holdfast_alert_events_total',
  },
  'alerts.incidentsMax': {
    default: 1000,
    minimum: 10,
    maximum: 20_000,
    unit: 'items',
    reason: 'More open incidents than this have one cause; each takes a few kilobytes of memory',
    overflow: 'Further ones are counted in the summary incident of their target',
    metric: 'holdfast_incidents_total',
  },
  'alerts.handoverMs': {
    default: 10 * SECOND,
    minimum: SECOND,
    maximum: 10 * MINUTE,
    unit: 'milliseconds',
    reason:
      'The leader reads the reports of the other replicas each second; a duplicate is harmless',
    overflow: 'A replica sends an incident itself if the leader has not sent it by then',
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
    reason: 'Targets learn within two seconds what another replica saw; one small read is no load',
    overflow: 'The lease is read again',
    metric: 'holdfast_alert_leader',
  },
  'alerts.deadLettersMax': {
    default: 100,
    minimum: 1,
    maximum: 10_000,
    unit: 'items',
    reason: 'Permanently rejected messages usually have the same cause',
    overflow: 'The oldest is dropped; each was logged when it was refused',
    metric: 'holdfast_alert_events_total',
  },
} as const satisfies LimitRows;

const TARGETS_MAX = 16;
const RULES_MAX = 200;
const LINKS_MAX = 8;

// An empty list would match nothing, and such a rule looks like one without matching records.
function listOf<Item extends z.ZodType>(item: Item) {
  return z.array(item).min(1).max(1000).readonly().optional();
}

const textSchema = z.string().min(1).max(253);

/** Every given condition must hold, each list by one of its values. */
const matchSchema = section({
  decisions: listOf(z.enum(['denied', 'warned', 'audited', 'unavailable', 'allowed'])).describe(
    'The outcome of the request. One request can have several.',
  ),
  operations: listOf(z.enum(['CREATE', 'UPDATE', 'DELETE', 'CONNECT'])).describe(
    'The operation of the request.',
  ),
  codes: listOf(textSchema).describe(
    'The code of the decision, or of any policy that did not pass.',
  ),
  policies: listOf(textSchema).describe('Names of policies; one of them did not pass.'),
  namespaces: listOf(z.union([z.literal(''), namespacePatternSchema])).describe(
    'The namespace of the object, or the beginning of one with `*`; "" stands for objects without a namespace.',
  ),
  kinds: listOf(textSchema).describe('The kind of the object.'),
  apps: listOf(textSchema).describe('The application that manages the object.'),
  actorClasses: listOf(z.enum(ACTOR_CLASSES)).describe(
    'The class of the user who sent the request.',
  ),
  usernames: listOf(usernameSchema).describe('The exact username.'),
  proofGrades: listOf(z.enum(PROOF_GRADES)).describe(
    'How strongly the credential is tied to the running controller.',
  ),
  proofSufficient: z
    .boolean()
    .optional()
    .describe('Whether the credential of the user was strong enough for its identity.'),
  grant: z.boolean().optional().describe('Whether the request came under a break-glass grant.'),
});

/** Placeholders of a link: `{cluster}`, `{namespace}`, `{app}`, `{commit}`, `{decision}`, `{replica}`. */
const linkSchema = section({
  text: z.string().min(1).max(100).describe('The text of the link.'),
  href: z
    .string()
    .max(2000)
    .regex(
      /^https:\/\/[^\s{}]*(?:\{(?:cluster|namespace|app|commit|decision|replica)\}[^\s{}]*)*$/u,
      'Expected an https address; {cluster}, {namespace}, {app}, {commit}, {decision} and {replica} are filled in',
    )
    .describe(
      'The address of the link. `{cluster}`, `{namespace}`, `{app}`, `{commit}`, `{decision}` and `{replica}` are filled in.',
    ),
});

const linksSchema = z.array(linkSchema).max(LINKS_MAX).readonly().prefault([]);

const ruleSchema = section({
  name: nameSchema.describe('The name of the rule, shown in incidents and messages.'),
  match: matchSchema
    .prefault({})
    .describe(
      'Which records the rule applies to: every condition that is given must hold, each list by one of its values.',
    ),
  ignore: z
    .boolean()
    .default(false)
    .describe(
      'Whether matching records are ignored: no incident is made, and no later rule is tried.',
    ),
  severity: z
    .enum(['critical', 'error', 'warning', 'info'])
    .default('warning')
    .describe('The severity of the incident.'),
  class: nameSchema
    .optional()
    .describe(
      'The class of the incident. Attempts of one user in one class are one incident. Absent: the name of the rule.',
    ),
  oneFor: z
    .enum(['actor', 'policy', 'object', 'class'])
    .default('actor')
    .describe(
      'What is grouped into one incident: the attempts of one user, all records of one policy or object, or all records of the class.',
    ),
  targets: listOf(nameSchema).describe('The names of the targets that are notified. Absent: all.'),
  quietMs: z
    .int()
    .min(ALERT_LIMITS['alerts.quietMs'].minimum)
    .max(ALERT_LIMITS['alerts.quietMs'].maximum)
    .optional()
    .describe(
      'How long without a further attempt until the incident is resolved. Absent: `alerts.quietMs`.',
    ),
  resolveOnHeal: z
    .boolean()
    .default(false)
    .describe(
      'Whether the incident is resolved as soon as the GitOps controller has written all of its objects again.',
    ),
  links: linksSchema.describe('Links in the incidents of this rule.'),
});

const leaseSchema = section({
  name: z
    .string()
    .regex(/^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/u, 'Expected the name of a Lease')
    .default('holdfast-alerts')
    .describe(
      'The name of the Lease, in the namespace that Holdfast runs in. Its holder is the leader and notifies for all replicas.',
    ),
  durationMs: limit(ALERT_LIMITS['alerts.lease.durationMs']),
  pollMs: limit(ALERT_LIMITS['alerts.lease.pollMs']),
});

/** Incidents. */
export const alertsSchema = section({
  targets: z
    .array(z.discriminatedUnion('type', [pagerdutyTargetSchema, alertmanagerTargetSchema]))
    .max(TARGETS_MAX)
    .readonly()
    .prefault([])
    .describe('Where incidents are sent. Without targets there are no incidents.'),
  rules: z
    .array(ruleSchema)
    .max(RULES_MAX)
    .readonly()
    .prefault([])
    .describe('Rules that make incidents of records. The first rule that matches decides.'),
  defaultRules: z
    .boolean()
    .default(true)
    .describe('Whether the built-in rules follow these rules.'),
  links: linksSchema.describe('Links in every incident, after the links of the rule.'),
  quietMs: limit(ALERT_LIMITS['alerts.quietMs']),
  updateMs: limit(ALERT_LIMITS['alerts.updateMs']),
  incidentsMax: limit(ALERT_LIMITS['alerts.incidentsMax']),
  handoverMs: limit(ALERT_LIMITS['alerts.handoverMs']),
  deadLettersMax: limit(ALERT_LIMITS['alerts.deadLettersMax']),
  lease: leaseSchema
    .prefault({})
    .describe('The Lease by which the replicas elect the one that notifies.'),
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
