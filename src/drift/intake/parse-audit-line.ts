/** Reads one line of a file with the audit log of an API server, or of the cloud that runs it. */
import { parseStrictJson } from '../../base/strict-json.ts';
import type { AuditFileFormat } from './audit-file-formats.ts';
import { parseAuditEvent } from './parse-audit-events.ts';
import { parseEksEntry, parseGkeEntry, type ParsedCloudAudit } from './parse-cloud-audit.ts';
import { INTAKE_LIMITS } from './settings.ts';

const DEPTH_MAX = INTAKE_LIMITS['intake.depthMax'].default;

/** Never throws. */
export function parseAuditLine(line: Uint8Array, format: AuditFileFormat): ParsedCloudAudit {
  const document = parseStrictJson(line, { depthMax: DEPTH_MAX });
  if (!document.ok) return { events: [], malformed: 1 };
  switch (format) {
    case 'eks':
      return parseEksEntry(document.value);
    case 'gke':
      return parseGkeEntry(document.value);
    case 'kubernetes': {
      const event = parseAuditEvent(document.value);
      return event === undefined ? { events: [], malformed: 1 } : { events: [event], malformed: 0 };
    }
  }
}
