/**
 * Selects namespaces by their labels. Source: apimachinery meta/v1 LabelSelector; labels as in
 * apimachinery util/validation, IsQualifiedName and IsValidLabelValue.
 */
import { z } from 'zod';
import { equalities, meets } from '../kubernetes/label-selector.ts';
import { section } from '../settings/value-schemas.ts';

/** The labels of one namespace. */
export type Labels = Readonly<Record<string, string>>;

const KEY =
  /^(?:[a-z0-9](?:[-a-z0-9.]{0,251}[a-z0-9])?\/)?[A-Za-z0-9](?:[-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/u;
const VALUE = /^(?:[A-Za-z0-9](?:[-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)?$/u;
/** Of one selector. Whoever needs more has a label for each namespace. */
const REQUIREMENTS_MAX = 32;
const VALUES_MAX = 100;

const keySchema = z
  .string()
  .regex(KEY, 'Expected the key of a label, as in "stage" or "example.com/stage"');
// No namespace can have another value: the rule would match nothing, or everything.
const valueSchema = z
  .string()
  .regex(
    VALUE,
    'Expected the value of a label: at most 63 letters, digits, "-", "_" or ".", beginning and ending with a letter or digit',
  );

const LISTING: ReadonlySet<string> = new Set(['In', 'NotIn']);

const requirementSchema = section({
  key: keySchema.describe('The key of the label.'),
  operator: z
    .enum(['In', 'NotIn', 'Exists', 'DoesNotExist'])
    .describe('What is wanted of it. `NotIn` holds where there is no such label, too.'),
  values: z
    .array(valueSchema)
    .max(VALUES_MAX)
    .readonly()
    .prefault([])
    .describe('For `In` and `NotIn`: the values.'),
}).refine(({ operator, values }) => LISTING.has(operator) === values.length > 0, {
  error: 'Expected "values" with In and NotIn, and none with Exists and DoesNotExist',
  path: ['values'],
});

/** All of its requirements must hold, and it has at least one. */
export const namespaceSelectorSchema = section({
  matchLabels: z
    .record(keySchema, valueSchema)
    .readonly()
    .prefault({})
    .describe('Labels, each with its value.'),
  matchExpressions: z
    .array(requirementSchema)
    .max(REQUIREMENTS_MAX)
    .readonly()
    .prefault([])
    .describe('Further requirements.'),
}).refine(
  ({ matchLabels, matchExpressions }) =>
    matchExpressions.length > 0 || Object.keys(matchLabels).length > 0,
  { error: 'Expected "matchLabels" or "matchExpressions": this selects every namespace' },
);

export type NamespaceSelector = z.output<typeof namespaceSelectorSchema>;

/** Whether a namespace with these labels is selected. */
export function selectsNamespace(
  { matchLabels, matchExpressions }: NamespaceSelector,
  labels: Labels,
): boolean {
  return meets([...equalities(matchLabels), ...matchExpressions], labels);
}

/** The API server sets it to the name of the namespace, and nobody can change it. Source: KEP-2161. */
const NAME_LABEL = 'kubernetes.io/metadata.name';

/** The keys that selectors read and somebody could write, each once. */
export function listWritableKeys(selectors: readonly NamespaceSelector[]): readonly string[] {
  const keys = selectors.flatMap(({ matchLabels, matchExpressions }) => [
    ...Object.keys(matchLabels),
    ...matchExpressions.map(({ key }) => key),
  ]);
  return [...new Set(keys)].filter((key) => key !== NAME_LABEL).toSorted();
}
