/** A record in the published form. */
import type { z } from 'zod';
import type { auditRecordSchema } from '../../audit/record-schema.ts';

/** Every member that this version knows. */
export type FullRecord = z.output<typeof auditRecordSchema>;
