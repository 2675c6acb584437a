/** Configured paths whose values are hidden, as their segments. `*` stands for any one segment. */

export type HiddenPath = readonly string[];

const SEGMENT = /\["[^"\\]+"\]|\[[\w.:/*-]+\]|[\w$*-]+/gu;
const BRACKETS = /^\["?|"?\]$/gu;

/** `spec.containers[*].env[*].value` or `metadata.annotations["a.b/c"]`; the form is checked by the configuration's schema. */
export function parseHiddenPath(text: string): HiddenPath {
  return [...text.matchAll(SEGMENT)].map(([segment]) => segment.replaceAll(BRACKETS, ''));
}
