/**
 * What templates call in the place of `replace`. What OPA compiles of it never ends where the text to replace is empty, and templates of the public library
 * call it so, for quantities without a unit. Source: OPA 1.22, wasm/src/strings.c, opa_strings_replace.
 */
import type { VersionedModule } from './versioned-module.ts';

/** The function, as templates name it. */
export const REPLACE = 'data.holdfast.gatekeeper.strings.replaced';

/** Its file in a bundle. */
export const REPLACE_FILE = '_template/strings.rego';

/** As Go has it: between all characters, and before and behind them. */
export const REPLACE_MODULE: VersionedModule = {
  regoVersion: 1,
  text: `package holdfast.gatekeeper.strings

replaced(text, old, new) := replace(text, old, new) if old != ""

replaced(text, "", new) := concat(new, array.concat(array.concat([""], regex.find_n("(?s).", text, -1)), [""]))
`,
};
