/** The one table of built-in functions that the host gives to policies. One file per family. */
import type { Builtin, BuiltinFamily } from './builtin.ts';
import { STRING_BUILTINS } from './string-builtins.ts';
import { TIME_BUILTINS } from './time-builtins.ts';

const FAMILIES: readonly BuiltinFamily[] = [STRING_BUILTINS, TIME_BUILTINS];

/** Every built-in of the host by its Rego name. */
export const HOST_BUILTINS: ReadonlyMap<string, Builtin> = new Map(
  FAMILIES.flatMap((family) => Object.entries(family)),
);
