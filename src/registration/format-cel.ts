/**
 * Builds CEL (Common Expression Language) expressions for the API server's match conditions.
 *
 * An error in a match condition denies the request, so every expression tolerates missing values: a null object
 * (DELETE, CONNECT), a null old object (CREATE), absent metadata (bindings, evictions, options) and absent fields.
 * Optional selection (`object.?metadata`, Kubernetes 1.29 and later) does: of null, it selects nothing. Source:
 * k8s.io/apiserver pkg/admission/plugin/webhook/matchconditions; the CEL language definition.
 */

/**
 * A CEL expression. Joined expressions are always in parentheses, so that operator precedence cannot change
 * their meaning.
 */
export type Cel = string;

/** The two states a request carries. */
export type CelState = 'object' | 'oldObject';

/** The line width that an editor shows without scrolling. */
const LONGEST_LINE_CHARS = 100;
const PLAIN = /^[A-Za-z0-9 :./*_@=+,-]*$/u;

/** A string literal. Configured text must never be able to end the literal (injection). */
export function celText(text: string): Cel {
  // Apart from `\/`, which JSON.stringify never writes, JSON's escapes are CEL's.
  return PLAIN.test(text) ? `'${text}'` : JSON.stringify(text);
}

/** A list of string literals. */
export function celTexts(texts: readonly string[]): Cel {
  const literals = texts.map(celText);
  const line = `[${literals.join(', ')}]`;
  return line.length <= LONGEST_LINE_CHARS ? line : `[\n${indent(literals.join(',\n'))}\n]`;
}

/** True if every expression is true; an empty list is true. */
export function allOf(...pieces: readonly Cel[]): Cel {
  return join(pieces, '&&', 'true');
}

/** True if one expression is true; an empty list is false. */
export function anyOf(...pieces: readonly Cel[]): Cel {
  return join(pieces, '||', 'false');
}

/** The opposite. */
export function not(piece: Cel): Cel {
  return `!(${strip(piece)})`;
}

/** Membership in a list of strings; false for an empty list. */
export function isOneOf(value: Cel, texts: readonly string[]): Cel {
  const [first, ...others] = texts;
  if (first === undefined) return 'false';
  return others.length === 0 ? `${value} == ${celText(first)}` : `${value} in ${celTexts(texts)}`;
}

/** A string field of the request that the API server omits if it is empty. */
export function requestField(field: 'namespace' | 'name' | 'subResource'): Cel {
  return `request.?${field}.orValue('')`;
}

/** Labels, annotations, finalizers or owner references; empty if they, or the whole state, are absent. */
export function metadataField(
  state: CelState,
  field: 'labels' | 'annotations' | 'finalizers' | 'ownerReferences',
): Cel {
  const empty = field === 'labels' || field === 'annotations' ? '{}' : '[]';
  return `${state}.?metadata.?${field}.orValue(${empty})`;
}

/** The request is for one of these resources of a group; without a list, for any. */
export function resourceIs(group: string, ...resources: readonly string[]): Cel {
  const isGroup = `request.resource.group == ${celText(group)}`;
  return resources.length === 0
    ? isGroup
    : allOf(isGroup, isOneOf('request.resource.resource', resources));
}

/** The request is for one of these subresources; the empty string is the object itself. */
export function subresourceIs(...names: readonly string[]): Cel {
  return isOneOf(requestField('subResource'), names);
}

/** The request has one of these operations. */
export function operationIs(...operations: readonly string[]): Cel {
  return isOneOf('request.operation', operations);
}

/** The request is in one of these namespaces. A request for a Namespace object is in the namespace it names. */
export function namespaceIs(...namespaces: readonly string[]): Cel {
  return isOneOf(requestField('namespace'), namespaces);
}

function join(pieces: readonly Cel[], operator: string, nothing: Cel): Cel {
  const [first, ...others] = pieces;
  if (first === undefined) return nothing;
  if (others.length === 0) return first;
  const line = `(${pieces.join(` ${operator} `)})`;
  if (line.length <= LONGEST_LINE_CHARS && !line.includes('\n')) return line;
  return `(\n${indent(pieces.join(` ${operator}\n`))}\n)`;
}

// Simplifies `!((a && b))` to `!(a && b)`: removes only the outermost pair of parentheses.
function strip(piece: Cel): Cel {
  if (!piece.startsWith('(') || !piece.endsWith(')')) return piece;
  let depth = 0;
  for (let position = 0; position < piece.length; position += 1) {
    if (piece[position] === '(') depth += 1;
    if (piece[position] === ')') depth -= 1;
    if (depth === 0) return position === piece.length - 1 ? piece.slice(1, -1) : piece;
  }
  return piece;
}

function indent(text: string): string {
  return text.replaceAll(/^/gmu, '  ');
}
