/** Parses a policy's METADATA block into a descriptor, or returns all problems. */
import { z } from 'zod';

import { nearestWord } from '../base/nearest-word.ts';
import type { PolicyDescriptor, RuleName } from '../policy/descriptor.ts';
import { customSchema, matchSchema } from '../policy/descriptor-schema.ts';
import { findParameterFaults, type ParameterFault } from '../policy/find-parameter-faults.ts';
import { listParameterKeywords } from '../policy/parameter-schema.ts';
import type { Annotation } from './parse-policy-module.ts';
import type { SourceProblem } from './source-problem.ts';

const blockSchema = z.strictObject({
  title: z.string().min(1),
  description: z.string().min(1),
  custom: customSchema,
  authors: z.unknown().optional(),
  organizations: z.unknown().optional(),
  related_resources: z.unknown().optional(),
});

export interface MetadataOptions {
  readonly name: string;
  readonly rules: readonly RuleName[];
  /** The lines of the source file, to point at the line of a wrong key. */
  readonly lines: readonly string[];
}

export type ParsedMetadata =
  | { readonly ok: true; readonly descriptor: PolicyDescriptor }
  | { readonly ok: false; readonly problems: readonly SourceProblem[] };

/** Validates the block and adds defaults; a problem names file, line and key. */
export function parseMetadata(annotation: Annotation, options: MetadataOptions): ParsedMetadata {
  const parsed = blockSchema.safeParse(annotation.block);
  if (!parsed.success) {
    const problems = parsed.error.issues.flatMap((issue) =>
      describeIssue(issue, annotation, options.lines),
    );
    return { ok: false, problems };
  }
  const { title, description, custom } = parsed.data;
  const { name, rules } = options;
  const faults = findDefaultFaults(custom).map(({ path, message }) =>
    problemAt(['custom', 'parameters', ...path.map(String)], `: ${lowerFirst(message)}`, {
      annotation,
      lines: options.lines,
    }),
  );
  if (faults.length > 0) return { ok: false, problems: faults };
  return { ok: true, descriptor: { name, title, description, rules, ...custom } };
}

/** A default that its own schema does not allow. */
function findDefaultFaults({
  parameters,
  parametersSchema = {},
}: z.output<typeof customSchema>): readonly ParameterFault[] {
  return Object.entries(parametersSchema).flatMap(([name, schema]) =>
    Object.hasOwn(parameters, name)
      ? findParameterFaults(schema, parameters[name]).map((fault) => ({
          ...fault,
          path: [name, ...fault.path],
        }))
      : [],
  );
}

function describeIssue(
  issue: z.core.$ZodIssue,
  annotation: Annotation,
  lines: readonly string[],
): readonly SourceProblem[] {
  const path = issue.path.map(String);
  const at = (keys: readonly string[], text: string, remedy?: string): SourceProblem => ({
    ...problemAt(keys, text, { annotation, lines }),
    remedy,
  });
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => at([...path, key], ' is no known key', suggest(key, path)));
  }
  if (issue.code === 'invalid_value') {
    const wanted = issue.values.map((value) => `"${String(value)}"`).join(', ');
    return [at(path, ` is not one of ${wanted}`)];
  }
  return [at(path, `: ${lowerFirst(issue.message)}`)];
}

function problemAt(
  keys: readonly string[],
  text: string,
  { annotation, lines }: { readonly annotation: Annotation; readonly lines: readonly string[] },
): SourceProblem {
  return {
    file: annotation.file,
    row: findLine(keys, annotation.row, lines),
    code: 'metadata_invalid',
    text: `METADATA ${keys.join('.')}${text}`,
  };
}

function suggest(key: string, path: readonly string[]): string {
  const known = keysAt(path);
  const nearest = nearestWord(key, known);
  return nearest === undefined ? `known are ${known.join(', ')}` : `did you mean "${nearest}"?`;
}

function keysAt(path: readonly string[]): readonly string[] {
  if (path.length === 0) return Object.keys(blockSchema.shape);
  if (path.includes('parametersSchema')) return listParameterKeywords();
  return Object.keys((path.at(-1) === 'match' ? matchSchema : customSchema).shape);
}

function lowerFirst(message: string): string {
  return message.slice(0, 1).toLowerCase() + message.slice(1);
}

/**
 * The line of a key: each key of the path is searched below the previous one; the block's first line if not
 * found.
 */
function findLine(keys: readonly string[], startRow: number, lines: readonly string[]): number {
  let row = startRow;
  for (const key of keys) {
    const index = lines.findIndex(
      (line, at) => at >= row && line.startsWith('#') && line.slice(1).trim().startsWith(`${key}:`),
    );
    if (index !== -1) row = index + 1;
  }
  return row;
}
