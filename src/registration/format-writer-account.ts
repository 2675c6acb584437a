/** Match conditions about the accounts of GitOps controllers: whoever holds a token of one is the controller. */
import type { ExemptionOptions } from './exemption-options.ts';
import {
  allOf,
  anyOf,
  celText,
  isOneOf,
  namespaceIs,
  operationIs,
  requestField,
  resourceIs,
  subresourceIs,
} from './format-cel.ts';
import type { Cel, CelState } from './format-cel.ts';
import { parseServiceAccount } from './parse-service-account.ts';

const TOKEN_SECRET_ANNOTATION = 'kubernetes.io/service-account.name';

/**
 * The token of a writer, or of any account where the controllers are installed, whichever way it is made: asked for, kept in
 * a Secret, or mounted into a pod.
 */
export function touchesWriterAccount(options: ExemptionOptions): Cel {
  const names = (name: Cel): Cel => isWriter(options, name);
  return anyOf(
    isWriterAccount(options),
    allOf(
      resourceIs('', 'secrets'),
      anyOf(secretNames('object', names), secretNames('oldObject', names)),
    ),
    allOf(
      resourceIs('', 'pods'),
      operationIs('CREATE'),
      subresourceIs(''),
      isOneOf(
        qualified("object.?spec.?serviceAccountName.orValue('default')"),
        writerAccounts(options),
      ),
    ),
  );
}

/** The service account object of a writer or of a controller beside it, or its token. */
export function isWriterAccount(options: ExemptionOptions): Cel {
  return allOf(resourceIs('', 'serviceaccounts'), isWriter(options, requestField('name')));
}

// Every account of an installation may steer, whatever an installer called it.
function isWriter({ gitopsNamespaces, ...options }: ExemptionOptions, name: Cel): Cel {
  const isListed = isOneOf(qualified(name), writerAccounts(options));
  return gitopsNamespaces.length === 0
    ? isListed
    : anyOf(namespaceIs(...gitopsNamespaces), isListed);
}

function writerAccounts({
  writerUsernames,
}: Pick<ExemptionOptions, 'writerUsernames'>): readonly string[] {
  return writerUsernames
    .map(parseServiceAccount)
    .filter((account) => account !== undefined)
    .map(({ namespace, name }) => `${namespace}/${name}`)
    .toSorted();
}

function secretNames(state: CelState, names: (name: Cel) => Cel): Cel {
  return names(`${state}.?metadata.?annotations[?${celText(TOKEN_SECRET_ANNOTATION)}].orValue('')`);
}

function qualified(name: Cel): Cel {
  return `(${requestField('namespace')} + '/' + ${name})`;
}
