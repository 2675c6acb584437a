/**
 * The schema of the constraints of a template, as the CustomResourceDefinition that Gatekeeper makes of it.
 * Source: Gatekeeper's constraint framework, pkg/client/crds; Gatekeeper 3.23, spec.match.
 */
import type { Schema } from './structural-schema.ts';

const TEXT: Schema = { type: 'string' };
const TEXTS: Schema = { type: 'array', items: TEXT };
const GLOB: Schema = { type: 'string', pattern: '^\\*?[-:a-z0-9]*\\*?$' };
const GLOBS: Schema = { type: 'array', items: GLOB };
const LABEL_SELECTOR: Schema = {
  type: 'object',
  properties: {
    matchLabels: { type: 'object', additionalProperties: TEXT },
    matchExpressions: {
      type: 'array',
      items: {
        type: 'object',
        properties: { key: TEXT, operator: TEXT, values: TEXTS },
      },
    },
  },
};

const MATCH: Schema = {
  type: 'object',
  properties: {
    kinds: {
      type: 'array',
      items: { type: 'object', properties: { apiGroups: TEXTS, kinds: TEXTS } },
    },
    scope: TEXT,
    namespaces: GLOBS,
    excludedNamespaces: GLOBS,
    labelSelector: LABEL_SELECTOR,
    namespaceSelector: LABEL_SELECTOR,
    name: GLOB,
    source: { type: 'string', enum: ['All', 'Generated', 'Original'] },
  },
};

const SCOPED_ACTIONS: Schema = {
  type: 'array',
  items: {
    type: 'object',
    properties: {
      action: TEXT,
      enforcementPoints: {
        type: 'array',
        items: { type: 'object', properties: { name: TEXT } },
      },
    },
  },
};

const KEPT: Schema = { 'x-kubernetes-preserve-unknown-fields': true };
/** The API server names a CustomResourceDefinition's objects; the framework allows no longer ones. */
const NAME_CHARS_MAX = 63;

/** What `metadata` of a constraint may be called. */
export const NAMED: Schema = {
  type: 'object',
  properties: { name: { type: 'string', maxLength: NAME_CHARS_MAX } },
};

/** The schema of a constraint. Without a schema of parameters, it has none. */
export function formatConstraintSchema(parameters: Schema | undefined): Schema {
  return {
    type: 'object',
    properties: {
      apiVersion: TEXT,
      kind: TEXT,
      metadata: { ...NAMED, ...KEPT },
      spec: {
        type: 'object',
        properties: {
          match: MATCH,
          enforcementAction: { type: 'string', default: 'deny' },
          scopedEnforcementActions: SCOPED_ACTIONS,
          ...(parameters !== undefined && { parameters }),
        },
      },
      status: KEPT,
    },
  };
}
