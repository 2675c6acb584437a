/** The section about incidents: which records become one, how severe it is, and who is told. */
import { z } from 'zod';
import { LIMITS } from './limits.ts';
import { httpTargetSchema, sinkTlsSchema } from './schema-sink-common.ts';
import {
  limit,
  nameSchema,
  namespacePatternSchema,
  section,
  usernameSchema,
} from './schema-values.ts';
import { secretReferenceSchema } from './secret-reference.ts';

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
  actorClasses: listOf(z.enum(['gitops', 'platform', 'node', 'operator', 'breakglass', 'other'])),
  usernames: listOf(usernameSchema),
  proofGrades: listOf(z.enum(['pinned', 'pod-bound', 'unbound', 'legacy', 'impersonated', 'none'])),
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
    .min(LIMITS['alerts.quietMs'].minimum)
    .max(LIMITS['alerts.quietMs'].maximum)
    .optional(),
  /** Resolved as soon as the GitOps controller has written every object of the incident again. */
  resolveOnHeal: z.boolean().default(false),
  links: linksSchema,
});

const serviceShape = {
  /** Labels metrics, and is what messages wait under. */
  name: nameSchema,
  tls: sinkTlsSchema.prefault({}),
  triggersPerMinuteMax: limit('alerts.targets.triggersPerMinuteMax'),
  changesPerMinuteMax: limit('alerts.targets.changesPerMinuteMax'),
  outboxMax: limit('alerts.targets.outboxMax'),
  timeoutMs: limit('alerts.targets.timeoutMs'),
  backoffMs: limit('alerts.targets.backoffMs'),
  backoffMaxMs: limit('alerts.targets.backoffMaxMs'),
};

const pagerdutySchema = section({
  type: z.literal('pagerduty'),
  ...serviceShape,
  /** The integration's key: 32 characters, by reference only. */
  routingKey: secretReferenceSchema,
  region: z.enum(['us', 'eu']).default('us'),
  /** Instead of the region's host, a proxy for example; without `/v2/enqueue`. */
  endpoint: httpTargetSchema.optional(),
  client: z.string().min(1).max(100).default('Holdfast'),
  clientUrl: z
    .string()
    .max(2000)
    .regex(/^https:\/\/\S+$/u, 'Expected an https address')
    .optional(),
  /** Deployments and break-glass use, for the timeline; they wake nobody. */
  changeEvents: z.boolean().default(true),
});

const alertmanagerSchema = section({
  type: z.literal('alertmanager'),
  ...serviceShape,
  /** The base, without `/api/v2/alerts`. */
  url: httpTargetSchema,
  bearerToken: secretReferenceSchema.optional(),
  /** Added to every alert. */
  labels: z
    .record(
      z
        .string()
        .regex(
          /^(?!(?:alertname|cluster|namespace|severity|class|rule|incident)$|__)[A-Za-z_][A-Za-z0-9_]{0,62}$/u,
          'Expected the name of a label that alerts do not have already',
        ),
      z.string().min(1).max(128),
    )
    .refine((labels) => Object.keys(labels).length <= 8, { error: 'Expected at most 8 labels' })
    .readonly()
    .default({}),
  repeatMs: limit('alerts.targets.repeatMs'),
});

const leaseSchema = section({
  /** In our own namespace: who holds it speaks for all replicas. */
  name: z
    .string()
    .regex(/^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/u, 'Expected the name of a Lease')
    .default('holdfast-alerts'),
  durationMs: limit('alerts.lease.durationMs'),
  pollMs: limit('alerts.lease.pollMs'),
});

/** Incidents. */
export const alertsSchema = section({
  /** Who is told; without any there are no incidents. */
  targets: z
    .array(z.discriminatedUnion('type', [pagerdutySchema, alertmanagerSchema]))
    .max(TARGETS_MAX)
    .readonly()
    .prefault([]),
  /** The first that matches decides. */
  rules: z.array(ruleSchema).max(RULES_MAX).readonly().prefault([]),
  /** Whether the built-in rules follow. */
  defaultRules: z.boolean().default(true),
  /** In every incident, after the rule's own. */
  links: linksSchema,
  quietMs: limit('alerts.quietMs'),
  updateMs: limit('alerts.updateMs'),
  incidentsMax: limit('alerts.incidentsMax'),
  handoverMs: limit('alerts.handoverMs'),
  deadLettersMax: limit('alerts.deadLettersMax'),
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
export type PagerdutySettings = Extract<AlertTargetSettings, { type: 'pagerduty' }>;
export type AlertmanagerSettings = Extract<AlertTargetSettings, { type: 'alertmanager' }>;
export type IncidentRule = AlertsConfiguration['rules'][number];
export type IncidentLink = AlertsConfiguration['links'][number];
