/** `holdfast drift terraform`: what a plan of Terraform says of changes that Git does not have. */
import { resolve } from 'node:path';
import { readBounded } from '../../base/read-bounded.ts';
import { parseStrictJson } from '../../base/strict-json.ts';
import { parseTerraformPlan } from '../../drift/terraform/parse-terraform-plan.ts';
import { TERRAFORM_LIMITS } from '../../drift/terraform/settings.ts';
import type { CommandContext, CommandDefinition, CommandInput } from '../command.ts';
import type { ExitStatus } from '../exit-codes.ts';
import { formatProblem } from '../format-problem.ts';
import { outputOption, printAnswer } from '../output-option.ts';
import { formatTerraformPlan, formatTerraformPlanJson } from './format-terraform-plan.ts';

const PLAN_BYTES_MAX = TERRAFORM_LIMITS['drift.terraform.planBytesMax'].default;
/** Deeper than the schema of any provider. */
const JSON_DEPTH_MAX = 200;

/** Ends as `terraform plan -detailed-exitcode` does. */
export const driftTerraformCommand: CommandDefinition = {
  name: 'drift terraform',
  summary: 'Say what a plan of Terraform or OpenTofu finds changed',
  description:
    'PLAN is what "terraform show -json" prints of a plan: what others have changed since Terraform applied it (resource_drift), and\n' +
    'what it would change. Values that are sensitive, or look like credentials, are never printed; a plan has them in plain text.\n' +
    'Ends as terraform plan -detailed-exitcode does: with 0 if nothing differs, with 2 if something does, and with 1 if the plan\n' +
    'cannot be read, is none, or has an error.',
  arguments: [{ name: 'PLAN', summary: 'the file; "-" is standard input', required: true }],
  options: [outputOption(['table', 'json', 'yaml'])],
  examples: [
    {
      line: 'drift terraform plan.json',
      note: 'after terraform plan -out tfplan && terraform show -json tfplan > plan.json',
    },
    { line: 'drift terraform - -o json', note: 'from a pipe, for a script' },
  ],
  run,
};

async function run(context: CommandContext, input: CommandInput): Promise<ExitStatus> {
  const name = input.arguments[0] ?? '';
  const read =
    name === '-'
      ? await context.readStdin()
      : await readBounded(resolve(context.workingDirectory, name), PLAN_BYTES_MAX);
  // Not the usual exit code of a file that cannot be read, which means "it differs" here.
  if (!read.ok) return refuse(context, name, read.reason);
  const document = parseStrictJson(read.bytes, { depthMax: JSON_DEPTH_MAX });
  if (!document.ok) return refuse(context, name, document.message);
  const parsed = parseTerraformPlan(document.value);
  if (!parsed.ok) return refuse(context, name, parsed.reason);
  const { plan } = parsed;
  printAnswer(context, input, {
    table: () => formatTerraformPlan(plan),
    json: () => formatTerraformPlanJson(plan),
  });
  return plan.drift.length + plan.changes.length === 0 ? 'ok' : 'changed';
}

function refuse(context: CommandContext, name: string, reason: string): ExitStatus {
  context.report(
    formatProblem(
      `The plan "${name}" cannot be used: ${reason}`,
      'Write it with "terraform plan -out tfplan" and "terraform show -json tfplan > plan.json"',
    ),
  );
  return 'failed';
}
