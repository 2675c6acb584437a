/**
 * Loads the test files that its arguments name into one process: most of the time of a small file is the start of its process.
 *
 * What one of them leaves behind reaches the next one, as it would in a process that serves.
 */
import { pathToFileURL } from 'node:url';

for (const file of process.argv.slice(2)) await import(pathToFileURL(file).href);
