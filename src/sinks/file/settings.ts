/** Settings of sinks of the type `file`. */
import { sinkSection, type OwnSettings } from '../../delivery/settings.ts';
import { KIB, MIB, limit, type LimitRows } from '../../settings/limit.ts';
import { pathSchema, section } from '../../settings/value-schemas.ts';

/** Rows of the table of limits. */
export const FILE_LIMITS = {
  'audit.sinks.rotation.bytesMax': {
    default: 64 * MIB,
    minimum: 64 * KIB,
    maximum: 64 * 1024 * MIB,
    unit: 'bytes',
    reason: 'Editors and log shippers can handle files of this size',
    overflow: 'The file is renamed and a new one begun',
    metric: 'none',
  },
  'audit.sinks.rotation.filesMax': {
    default: 8,
    minimum: 1,
    maximum: 1000,
    unit: 'items',
    reason: 'Half a gigabyte with the default size; the journal keeps the records for longer',
    overflow: 'The oldest rotated file is removed',
    metric: 'none',
  },
} as const satisfies LimitRows;

/** JSON lines in a file that is rotated. */
export const fileSinkSchema = sinkSection('file', {
  file: pathSchema.describe('The file that records are appended to.'),
  rotation: section({
    bytesMax: limit(FILE_LIMITS['audit.sinks.rotation.bytesMax']),
    filesMax: limit(FILE_LIMITS['audit.sinks.rotation.filesMax']),
  })
    .prefault({})
    .describe('When a new file is begun, and how many are kept.'),
});

export type FileSinkSettings = OwnSettings<typeof fileSinkSchema>;
