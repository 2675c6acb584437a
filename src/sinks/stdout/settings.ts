/** Settings of sinks of the type `stdout`. */
import { sinkSection, type OwnSettings } from '../../delivery/settings.ts';

/** JSON lines on standard output. */
export const stdoutSinkSchema = sinkSection('stdout', {});

export type StdoutSinkSettings = OwnSettings<typeof stdoutSinkSchema>;
