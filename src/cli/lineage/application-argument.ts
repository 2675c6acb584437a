/** How commands name an application: `argocd/shop`, and its kind if it is none of Argo CD. */
import { APPLICATION_KINDS } from '../../source/commits/settings.ts';
import type { ApplicationName } from '../../source/commits/deployed-commits.ts';
import type {
  ArgumentDefinition,
  CommandContext,
  CommandInput,
  OptionDefinition,
} from '../command.ts';

/** For every command about one application. */
export const applicationArgument: ArgumentDefinition = {
  name: 'APP',
  summary: 'the application, as NAMESPACE/NAME',
  required: true,
};

/** Beside it. */
export const kindOption: OptionDefinition = {
  name: 'kind',
  value: 'KIND',
  summary: 'what the application is',
  choices: APPLICATION_KINDS,
  default: 'Application',
};

const PLACE = /^(?<namespace>[a-z0-9.-]{1,253})\/(?<name>[a-z0-9.-]{1,253})$/u;

/** `undefined` if it is none, which was reported. */
export function readApplicationName(
  context: CommandContext,
  input: CommandInput,
): ApplicationName | undefined {
  const text = input.arguments[0] ?? '';
  const kind = APPLICATION_KINDS.find((each) => each === input.text('kind'));
  const { namespace, name } = PLACE.exec(text)?.groups ?? {};
  if (kind !== undefined && namespace !== undefined && name !== undefined) {
    return { kind, namespace, name };
  }
  context.report(`holdfast: "${text}" is no application: write NAMESPACE/NAME, as in argocd/shop`);
  return undefined;
}
