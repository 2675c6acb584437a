/** What a line of a file with an audit log is. */

/** `kubernetes`: an event of `--audit-log-path`. `eks`: CloudWatch Logs. `gke`: Cloud Logging. */
export const AUDIT_FILE_FORMATS = ['kubernetes', 'eks', 'gke'] as const;
export type AuditFileFormat = (typeof AUDIT_FILE_FORMATS)[number];
