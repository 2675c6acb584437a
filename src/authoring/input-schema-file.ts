/** The JSON Schema of `input`, by which OPA tells a misspelt fact from one that is there. */
import { join } from 'node:path';
import { PACKAGE_FOLDER } from '../base/package-folder.ts';

/** Written by `npm run docs:reference` from the types of the request and of the facts. */
export const INPUT_SCHEMA_FILE = join(PACKAGE_FOLDER, 'policies', 'schema', 'input.json');
