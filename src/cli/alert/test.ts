/** `holdfast alert test`: sends a test incident to each target. */
import type { SendOutcome } from '../../alerting/alert-target.ts';
import { systemClock } from '../../base/clock.ts';
import type { TriedAlert } from '../../compose/try-alerts.ts';
import type { CommandContext, CommandDefinition, CommandInput } from '../command.ts';
import type { ExitStatus } from '../exit-codes.ts';
import { configOption, requireConfiguration } from '../find-configuration.ts';
import { createAnswerPrinter, outputOption } from '../output-option.ts';

/** Ends with `failed` if a target did not accept both messages. */
export const alertTestCommand: CommandDefinition = {
  name: 'alert test',
  summary: 'Send a test incident to each alert target, and resolve it',
  description:
    'The incident is real: whoever is on call for the target may be notified. Nothing is tried again, and no key is printed.',
  options: [
    configOption,
    {
      name: 'target',
      value: 'NAME',
      summary: 'only this target; may be repeated',
      repeatable: true,
    },
    outputOption(['table', 'json', 'jsonl', 'yaml']),
  ],
  examples: [{ line: 'alert test --target pager', note: 'does PagerDuty take our incidents?' }],
  run: testAlerts,
};

async function testAlerts(context: CommandContext, input: CommandInput): Promise<ExitStatus> {
  const loaded = await requireConfiguration(context, input.text('config'));
  if (loaded === undefined) return 'configuration';
  const { alerts } = loaded.configuration;
  const names = input.texts('target');
  const known = alerts.targets.map(({ name }) => name);
  const unknown = names.find((name) => !known.includes(name));
  if (unknown !== undefined) {
    context.report(`holdfast: No alert target is named "${unknown}"; there is ${known.join(', ')}`);
    return 'usage';
  }
  if (known.length === 0) {
    context.report('holdfast: There is nobody to tell: alerts.targets is empty');
    return 'configuration';
  }
  const { tryAlerts } = await import('../../compose/try-alerts.ts');
  const tried = await tryAlerts(loaded.configuration, names, {
    clock: systemClock,
    environment: context.environment,
    signal: context.stopSignal(),
  });
  const printer = createAnswerPrinter(context, input);
  for (const one of tried) {
    printer.add({ table: () => formatTried(one), json: () => JSON.stringify(one) });
  }
  printer.end();
  return tried.every(isAccepted) ? 'ok' : 'failed';
}

function isAccepted({ trigger, resolve }: TriedAlert): boolean {
  return trigger.status === 'accepted' && resolve?.status === 'accepted';
}

function formatTried({ target, key, trigger, resolve, durationMs }: TriedAlert): string {
  const first = `${target}: trigger ${formatOutcome(trigger)} (${Math.round(durationMs)} ms)`;
  if (resolve === undefined) return first;
  return `${first}, resolve ${formatOutcome(resolve)}\n  incident ${key}`;
}

function formatOutcome(outcome: SendOutcome): string {
  if (outcome.status === 'accepted') return 'accepted';
  const what = outcome.status === 'refused' ? 'refused' : 'not accepted';
  return `${what}: ${outcome.reason}`;
}
