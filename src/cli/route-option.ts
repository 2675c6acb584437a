/** `--route`: which webhook a command asks. */
import type { AdmissionRoute } from '../admission/decide.ts';
import type { CommandInput, OptionDefinition } from './command.ts';

const ROUTES: readonly AdmissionRoute[] = ['validate', 'mutate'];

/** For the commands that judge reviews. */
export const routeOption: OptionDefinition = {
  name: 'route',
  value: 'ROUTE',
  summary: 'which webhook is asked',
  default: 'validate',
  choices: ROUTES,
};

/** As it was given; the choices of the option leave no other. */
export function readRoute(input: CommandInput): AdmissionRoute {
  return ROUTES.find((known) => known === input.text('route')) ?? 'validate';
}
