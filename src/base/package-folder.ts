/** Where Holdfast itself lies. */
import { join } from 'node:path';

/** Holdfast's own folder: the clone, or the installed package. `src/` and `dist/` have the same depth below it. */
export const PACKAGE_FOLDER = join(import.meta.dirname, '..', '..');
