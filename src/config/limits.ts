/**
 * All limits in one table: value, reason, overflow behaviour and metric. Each row is in the `settings.ts` of its
 * feature.
 *
 * The configuration schema is built from the rows, and the documentation is checked against the table.
 */

import { ADMISSION_LIMITS } from '../admission/settings.ts';
import { ALERT_LIMITS } from '../alerting/settings.ts';
import { ALERTMANAGER_LIMITS } from '../alerting/targets/alertmanager/settings.ts';
import { TARGET_LIMITS } from '../alerting/targets/settings.ts';
import { AUDIT_LIMITS } from '../audit/settings.ts';
import { CERTIFICATE_LIMITS } from '../certificates/settings.ts';
import { DELIVERY_LIMITS, PROCESSOR_LIMITS } from '../delivery/settings.ts';
import { DASHBOARD_LIMITS } from '../dashboard/settings.ts';
import { HEALING_LIMITS } from '../drift/healing/settings.ts';
import { DRIFT_LIMITS } from '../drift/settings.ts';
import { BREAK_GLASS_LIMITS } from '../identity/grants/settings.ts';
import { CREDENTIAL_LIMITS } from '../identity/credentials/settings.ts';
import { IDENTITY_LIMITS } from '../identity/settings.ts';
import { BREAKER_LIMITS } from '../freeze/breaker/settings.ts';
import { FREEZE_LIMITS } from '../freeze/settings.ts';
import { REGISTRY_LIMITS } from '../image/registry/settings.ts';
import { IMAGE_LIMITS } from '../image/settings.ts';
import { KUBERNETES_LIMITS } from '../kubernetes/settings.ts';
import { OWNERSHIP_LIMITS } from '../ownership/settings.ts';
import { PLAINTEXT_LIMITS } from '../plaintext/settings.ts';
import { BUNDLE_LIMITS } from '../policy/bundle/settings.ts';
import { BUILTIN_LIMIT_ROWS } from '../policy/builtin-limit-rows.ts';
import { ENGINE_LIMITS } from '../policy/settings.ts';
import { BUNDLE_REGISTRY_LIMITS } from '../policy/registry/settings.ts';
import { BUNDLE_SERVER_LIMITS } from '../policy/server/settings.ts';
import { SERVER_LIMITS } from '../server/settings.ts';
import { fixedLimit, MIB, type LimitRows } from '../settings/limit.ts';
import { SECRET_LIMITS } from '../settings/secret-reference.ts';
import { SIGNATURE_LIMITS } from '../signature/settings.ts';
import { IMAGE_TRUST_LIMITS } from '../signature/image-trust/settings.ts';
import { TRUST_LIMITS } from '../signature/trust/settings.ts';
import { CMS_LIMITS } from '../signature/cms/settings.ts';
import { COSIGN_LIMITS } from '../signature/cosign/settings.ts';
import { OPENPGP_LIMITS } from '../signature/openpgp/settings.ts';
import { INTAKE_LIMITS } from '../drift/intake/settings.ts';
import { TERRAFORM_LIMITS } from '../drift/terraform/settings.ts';
import { FILE_LIMITS } from '../sinks/file/settings.ts';
import { KUBERNETES_EVENTS_LIMITS } from '../sinks/kubernetes-events/settings.ts';
import { NATS_LIMITS } from '../sinks/nats/settings.ts';
import { SLACK_LIMITS } from '../sinks/slack/settings.ts';
import { SYSLOG_LIMITS } from '../sinks/syslog/settings.ts';
import { DEPLOYED_LIMITS } from '../source/commits/settings.ts';
import { LINEAGE_LIMITS } from '../source/lineage/settings.ts';
import { MIRROR_LIMITS } from '../source/mirror/settings.ts';
import { PROMOTION_LIMITS } from '../source/promotion/settings.ts';
import { RENDER_LIMITS } from '../source/render/settings.ts';
import { TRACE_LIMITS } from '../telemetry/tracing/settings.ts';
import { TUF_LIMITS } from '../tuf/settings.ts';

/** The table. A key is the path in the configuration file; a fixed limit is named after what it limits. */
export const LIMITS = {
  ...SERVER_LIMITS,
  ...ADMISSION_LIMITS,
  ...OWNERSHIP_LIMITS,
  ...IDENTITY_LIMITS,
  ...CREDENTIAL_LIMITS,
  ...ENGINE_LIMITS,
  ...BUNDLE_LIMITS,
  ...BUILTIN_LIMIT_ROWS,
  ...BUNDLE_SERVER_LIMITS,
  ...BUNDLE_REGISTRY_LIMITS,
  ...KUBERNETES_LIMITS,
  ...TRUST_LIMITS,
  ...IMAGE_TRUST_LIMITS,
  ...MIRROR_LIMITS,
  ...AUDIT_LIMITS,
  ...CERTIFICATE_LIMITS,
  ...BREAK_GLASS_LIMITS,
  ...DASHBOARD_LIMITS,
  ...DRIFT_LIMITS,
  ...HEALING_LIMITS,
  ...DELIVERY_LIMITS,
  ...PROCESSOR_LIMITS,
  ...FILE_LIMITS,
  ...SLACK_LIMITS,
  ...NATS_LIMITS,
  ...SYSLOG_LIMITS,
  ...KUBERNETES_EVENTS_LIMITS,
  ...ALERT_LIMITS,
  ...TARGET_LIMITS,
  ...ALERTMANAGER_LIMITS,
  ...SIGNATURE_LIMITS,
  ...RENDER_LIMITS,
  ...DEPLOYED_LIMITS,
  ...PROMOTION_LIMITS,
  'configuration.fileBytesMax': fixedLimit(MIB, {
    unit: 'bytes',
    reason: 'A ConfigMap holds at most 1 MiB',
    overflow: 'The file is refused',
  }),
  'configuration.aliasesMax': fixedLimit(50, {
    unit: 'items',
    reason: 'Nested aliases expand without bound',
    overflow: 'The file is refused',
  }),
  'configuration.problemsMax': fixedLimit(50, {
    unit: 'items',
    reason: 'More problems than this have one cause',
    overflow: 'The rest is counted',
  }),
  ...SECRET_LIMITS,
  ...OPENPGP_LIMITS,
  ...CMS_LIMITS,
  ...COSIGN_LIMITS,
  ...REGISTRY_LIMITS,
  ...IMAGE_LIMITS,
  ...PLAINTEXT_LIMITS,
  ...FREEZE_LIMITS,
  ...BREAKER_LIMITS,
  ...TUF_LIMITS,
  ...TERRAFORM_LIMITS,
  ...LINEAGE_LIMITS,
  ...INTAKE_LIMITS,
  ...TRACE_LIMITS,
} as const satisfies LimitRows;
