/** Every command of `holdfast`, in the order of the help. Definitions only: each loads its heavy parts when it runs. */
import { adoptCommand } from './adopt/adopt.ts';
import { alertTestCommand } from './alert/test.ts';
import { auditExportCommand } from './audit/export.ts';
import { auditQueryCommand } from './audit/query.ts';
import { auditReplayCommand } from './audit/replay.ts';
import { auditTailCommand } from './audit/tail.ts';
import { auditVerifyCommand } from './audit/verify.ts';
import { createCompletionCommand } from './completion/completion.ts';
import { certsCommand } from './setup/certs.ts';
import type { CommandDefinition } from './command.ts';
import { configCheckCommand } from './config/check.ts';
import { configPrintCommand } from './config/print.ts';
import { credentialAcceptCommand } from './credential/accept.ts';
import { credentialForgetCommand } from './credential/forget.ts';
import { credentialListCommand } from './credential/list.ts';
import { operatorsSuggestCommand } from './operators/suggest.ts';
import { doctorCommand } from './doctor/doctor.ts';
import { driftHealCommand } from './drift/heal.ts';
import { driftListCommand } from './drift/list.ts';
import { driftShowCommand } from './drift/show.ts';
import { demoCommand } from './service/demo.ts';
import { createEvaluateCommand } from './evaluate/evaluate.ts';
import { driftTerraformCommand } from './drift/terraform.ts';
import { freezeCreateCommand } from './freeze/create.ts';
import { freezeEndCommand } from './freeze/end.ts';
import { freezeListCommand } from './freeze/list.ts';
import { gatekeeperCommand } from './gatekeeper/gatekeeper.ts';
import { helpOption, noColorOption } from './global-options.ts';
import { grantApproveCommand } from './grant/approve.ts';
import { grantCreateCommand } from './grant/create.ts';
import { grantKeygenCommand } from './grant/keygen.ts';
import { grantListCommand } from './grant/list.ts';
import { grantRequestCommand } from './grant/request.ts';
import { grantRevokeCommand } from './grant/revoke.ts';
import { grantShowCommand } from './grant/show.ts';
import { imagesCommand } from './images/images.ts';
import { lineageListCommand } from './lineage/list.ts';
import { lineageShowCommand } from './lineage/show.ts';
import { lineageVerifyCommand } from './lineage/verify.ts';
import { manifestsCommand } from './setup/manifests.ts';
import { policyBenchCommand } from './policy/bench.ts';
import { policyBuildCommand } from './policy/build.ts';
import { policyCheckCommand } from './policy/check.ts';
import { policyDocsCommand } from './policy/docs.ts';
import { policyExplainCommand } from './policy/explain.ts';
import { policyPullCommand } from './policy/pull.ts';
import { policyPushCommand } from './policy/push.ts';
import { policyNewCommand } from './policy/new.ts';
import { policyReplayCommand } from './policy/replay.ts';
import { policySettingsCommand } from './policy/settings.ts';
import { policySignCommand } from './policy/sign.ts';
import { policyVerifyCommand } from './policy/verify.ts';
import { policyTestCommand } from './policy/test.ts';
import { recordCommand } from './capture/record.ts';
import { reportCommand } from './report/report.ts';
import { serveCommand } from './service/serve.ts';
import { verifyAppCommand } from './verify/app.ts';
import { verifyCommitCommand } from './verify/commit.ts';
import { verifyImageCommand } from './verify/image.ts';
import { verifyKeyringCommand } from './verify/keyring.ts';
import { verifyManifestCommand } from './verify/manifest.ts';
import { versionCommand } from './service/version.ts';

/** The summaries of command groups. */
export const COMMAND_GROUPS: Readonly<Record<string, string>> = {
  alert: 'Try whether incidents arrive',
  audit: 'Verify, search and deliver what was recorded',
  config: 'Check and print the configuration',
  policy:
    'Write, check, test, explain, replay, measure, describe, build, sign and hand on policies',
  credential: 'List and accept the credentials of controllers, nodes and operators',
  operators: 'Propose entries for controllers that write into what Git manages',
  grant: 'Make, approve, list and revoke break-glass grants',
  freeze: 'Stop deployments, let them go on, and list what is frozen',
  drift: 'Say what was changed past admission, or outside of Terraform, and have it put right',
  lineage: 'List, show and verify the versions of applications',
  verify: 'Verify signatures, and that objects are what Git says',
};

/** The list that `main.ts` passes to the program. */
export const COMMANDS: readonly CommandDefinition[] = [
  serveCommand,
  demoCommand,
  createEvaluateCommand({
    // Loaded when it is used: other commands start without the engine and the compiler.
    startDecider: async (...asked) => {
      const { startDecider } = await import('../authoring/start-decider.ts');
      return startDecider(...asked);
    },
  }),
  policyNewCommand,
  policyCheckCommand,
  policyTestCommand,
  policyExplainCommand,
  policyReplayCommand,
  policyBenchCommand,
  policyDocsCommand,
  policySettingsCommand,
  policyBuildCommand,
  policySignCommand,
  policyVerifyCommand,
  policyPushCommand,
  policyPullCommand,
  gatekeeperCommand,
  adoptCommand,
  manifestsCommand,
  doctorCommand,
  recordCommand,
  certsCommand,
  auditVerifyCommand,
  auditQueryCommand,
  auditReplayCommand,
  grantRequestCommand,
  grantCreateCommand,
  grantApproveCommand,
  grantShowCommand,
  grantListCommand,
  grantRevokeCommand,
  grantKeygenCommand,
  freezeCreateCommand,
  freezeEndCommand,
  freezeListCommand,
  credentialListCommand,
  credentialAcceptCommand,
  credentialForgetCommand,
  operatorsSuggestCommand,
  driftTerraformCommand,
  auditTailCommand,
  auditExportCommand,
  reportCommand,
  alertTestCommand,
  driftListCommand,
  driftShowCommand,
  driftHealCommand,
  lineageListCommand,
  lineageShowCommand,
  lineageVerifyCommand,
  configCheckCommand,
  configPrintCommand,
  verifyCommitCommand,
  verifyAppCommand,
  verifyKeyringCommand,
  verifyManifestCommand,
  verifyImageCommand,
  imagesCommand,
  createCompletionCommand(() => ({
    commands: COMMANDS,
    groups: COMMAND_GROUPS,
    globalOptions: [helpOption, noColorOption],
  })),
  versionCommand,
];
