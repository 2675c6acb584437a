/** Loaded before a test file: one module of the product is the mutant that the environment names. */
import { readFileSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { pathToFileURL } from 'node:url';

/** The module that is replaced, and the file with the text that replaces it. */
export const MUTATED_MODULE = 'HOLDFAST_MUTATED_MODULE';
export const MUTANT_TEXT = 'HOLDFAST_MUTANT_TEXT';

const module = process.env[MUTATED_MODULE];
const textFile = process.env[MUTANT_TEXT];
if (module !== undefined && textFile !== undefined) {
  const url = pathToFileURL(module).href;
  registerHooks({
    load: (asked, context, next) =>
      asked === url
        ? {
            format: 'module-typescript',
            source: readFileSync(textFile, 'utf8'),
            shortCircuit: true,
          }
        : next(asked, context),
  });
}
