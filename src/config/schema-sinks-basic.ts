/** Sinks that need nothing but this machine, and the one that any HTTP service can be. */
import { sinkSection } from './schema-sink-common.ts';

/** JSON lines on standard output. */
export const stdoutSinkSchema = sinkSection('stdout', {});
