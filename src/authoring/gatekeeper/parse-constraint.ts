/**
 * Parses a constraint of a template: its schema, its defaults, what it matches and what a violation of it does.
 * Source: Gatekeeper's constraint framework, pkg/client/crds and pkg/apis/constraints.
 */
import { z } from 'zod';
import { isRecord } from '../../base/is-record.ts';
import {
  constraintMatchSchema,
  labelSelectorSchema,
  type ConstraintMatch,
} from '../../policy/gatekeeper/constraint.ts';
import { applyDefaults } from './apply-defaults.ts';
import { formatConstraintSchema } from './constraint-schema.ts';
import { findSchemaProblems, findUnknownFields } from './find-schema-problems.ts';
import type { Template } from './parse-template.ts';

/** Where a constraint acts: the webhook, or the command that runs suites. */
export type EnforcementPoint = 'validation.gatekeeper.sh' | 'gator.gatekeeper.sh';

/** `none`: the constraint acts somewhere else only. */
export type EnforcementAction = 'deny' | 'warn' | 'dryrun' | 'none';

export interface ParsedConstraint {
  readonly name: string;
  readonly match: ConstraintMatch;
  /** With the defaults of the schema. */
  readonly parameters: unknown;
  /** What a violation does there; another text is what Gatekeeper does not know, and skips. */
  readonly actionAt: (point: EnforcementPoint) => EnforcementAction | { readonly unknown: string };
}

export type ConstraintResult =
  | { readonly ok: true; readonly constraint: ParsedConstraint }
  | {
      readonly ok: false;
      /** `schema`: what a suite expects of a test that is `invalid`. */
      readonly fault: 'schema' | 'other';
      readonly problems: readonly string[];
    };

const GROUP = 'constraints.gatekeeper.sh';
const VERSIONS: ReadonlySet<string> = new Set(['v1alpha1', 'v1beta1']);
/** RFC 1123 subdomain, as the API server checks names. */
const NAME = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/u;
const SELECTORS = ['labelSelector', 'namespaceSelector'] as const;
/** Source: apimachinery util/validation, IsQualifiedName and IsValidLabelValue. */
const LABEL_KEY =
  /^(?:[a-z0-9](?:[-a-z0-9.]{0,251}[a-z0-9])?\/)?[A-Za-z0-9](?:[-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/u;
const LABEL_VALUE = /^(?:[A-Za-z0-9](?:[-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)?$/u;
const ACTIONS = ['deny', 'warn', 'dryrun'] as const;
const DEFAULT_ACTION = 'deny';
const ANYWHERE = '*';

const headSchema = z.looseObject({
  apiVersion: z.string(),
  kind: z.string(),
  metadata: z.looseObject({ name: z.string().min(1) }),
});

const scopedSchema = z.array(
  z.looseObject({
    action: z.string(),
    enforcementPoints: z.array(z.looseObject({ name: z.string() })),
  }),
);

/** The kind of a constraint, by which its template is found; `undefined` for what is none. */
export function constraintKind(document: unknown): string | undefined {
  const head = z.looseObject({ apiVersion: z.string(), kind: z.string() }).safeParse(document).data;
  return head?.apiVersion.startsWith(`${GROUP}/`) === true ? head.kind : undefined;
}

/** Parses one document by the schema of its template. */
export function parseConstraint(document: unknown, template: Template): ConstraintResult {
  const head = headSchema.safeParse(document).data;
  if (head === undefined) return other('it needs apiVersion, kind and metadata.name');
  const { name } = head.metadata;
  const version = head.apiVersion.slice(GROUP.length + 1);
  if (!NAME.test(name)) return other(`metadata.name: "${name}" is no name of an object`);
  if (head.kind !== template.kind) {
    return other(`kind: is "${head.kind}", and the template is of "${template.kind}"`);
  }
  if (!VERSIONS.has(version)) return other(`apiVersion: ${GROUP} has no "${version}"`);
  const selectors = findSelectorProblems(document);
  if (selectors.length > 0) return { ok: false, fault: 'other', problems: selectors };
  const schema = formatConstraintSchema(template.parameters);
  const faults = findSchemaProblems(schema, document, template.kind);
  if (faults.length > 0) return { ok: false, fault: 'schema', problems: faults };
  const unknown = findUnknownFields(schema, document, template.kind);
  if (unknown.length > 0) return other(`unknown fields: ${unknown.join(', ')}`);
  return readSpec(name, applyDefaults(schema, document));
}

function readSpec(name: string, document: unknown): ConstraintResult {
  const spec = isRecord(document) && isRecord(document['spec']) ? document['spec'] : {};
  // What the schema and the checks of selectors let pass, it understands.
  const match = constraintMatchSchema.parse(dropNulls(spec['match'] ?? {}));
  const { enforcementAction } = spec;
  const action = typeof enforcementAction === 'string' ? enforcementAction : DEFAULT_ACTION;
  const scoped = scopedSchema.safeParse(spec['scopedEnforcementActions']);
  if (action === 'scoped' && !scoped.success) {
    return other('spec.scopedEnforcementActions: is required where the action is scoped');
  }
  const listed = scoped.data ?? [];
  return {
    ok: true,
    constraint: {
      name,
      match,
      parameters: spec['parameters'] ?? {},
      actionAt: (point) => (action === 'scoped' ? strongest(listed, point) : toAction(action)),
    },
  };
}

/** Of several actions at one point the strongest decides: it is what the person who asks gets to see. */
function strongest(scoped: z.output<typeof scopedSchema>, point: EnforcementPoint) {
  const actions = scoped
    .filter(({ enforcementPoints }) =>
      enforcementPoints.some(({ name }) => name === point || name === ANYWHERE),
    )
    .map(({ action }) => toAction(action));
  const known = ACTIONS.find((action) => actions.includes(action));
  return known ?? actions[0] ?? 'none';
}

function toAction(action: string): ReturnType<ParsedConstraint['actionAt']> {
  return ACTIONS.find((known) => known === action) ?? { unknown: action };
}

/** Gatekeeper checks its selectors before the schema. Source: apimachinery meta/v1/validation, ValidateLabelSelector. */
function findSelectorProblems(document: unknown): readonly string[] {
  const match = isRecord(document) && isRecord(document['spec']) ? document['spec']['match'] : {};
  if (!isRecord(match)) return [];
  return SELECTORS.flatMap((name) => {
    if (match[name] === undefined || match[name] === null) return [];
    const selector = labelSelectorSchema.safeParse(dropNulls(match[name]));
    if (!selector.success) {
      const [issue] = selector.error.issues;
      return [`spec.match.${name}.${issue?.path.map(String).join('.')}: ${issue?.message}`];
    }
    const { matchLabels = {}, matchExpressions = [] } = selector.data;
    return [
      ...Object.entries(matchLabels).flatMap(([key, value]) => checkLabel(name, key, [value])),
      ...matchExpressions.flatMap(({ key, operator, values = [] }) => {
        const needsValues = operator === 'In' || operator === 'NotIn';
        const fits = needsValues === values.length > 0;
        const text = `spec.match.${name}: "${operator}" of "${key}" ${needsValues ? 'needs' : 'has no'} values`;
        return [...(fits ? [] : [text]), ...checkLabel(name, key, values)];
      }),
    ];
  });
}

function checkLabel(selector: string, key: string, values: readonly string[]): readonly string[] {
  const place = `spec.match.${selector}`;
  return [
    ...(LABEL_KEY.test(key) ? [] : [`${place}: "${key}" is no key of a label`]),
    ...values
      .filter((value) => !LABEL_VALUE.test(value))
      .map((value) => `${place}: "${value}" is no value of a label`),
  ];
}

/** A field that is null is one that is absent. */
function dropNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(dropNulls);
  if (!isRecord(value)) return value;
  const entries = Object.entries(value).filter(([, member]) => member !== null);
  return Object.fromEntries(entries.map(([name, member]) => [name, dropNulls(member)]));
}

function other(problem: string): ConstraintResult {
  return { ok: false, fault: 'other', problems: [problem] };
}
