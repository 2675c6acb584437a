/** The files that sinks name, relative to the folder of the configuration. */
import { sinksSchema, type SinkSettings } from '../sinks/settings.ts';

/** Every key `file`, and every key that ends in `File`, names a file: that is the rule for sinks, whatever their type. */
export function resolveSinkPaths(
  sinks: readonly SinkSettings[],
  at: (path: string) => string,
): readonly SinkSettings[] {
  // What comes out is checked like what came in: so many shapes of settings need no code of their own here.
  return sinksSchema.parse(resolveFiles(sinks, at));
}

/** A copy in which every value under such a key is resolved, at any depth. */
export function resolveFiles(value: unknown, at: (path: string) => string): unknown {
  if (Array.isArray(value)) return value.map((item) => resolveFiles(item, at));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, member]) => [
      key,
      typeof member === 'string' && /^file$|File$/u.test(key)
        ? at(member)
        : resolveFiles(member, at),
    ]),
  );
}
