/** Match conditions about the accounts of GitOps writers: whoever holds their token is the writer. */
import type { ExemptionOptions } from './exemption-options.ts';
import {
  allOf,
  anyOf,
  celText,
  isOneOf,
  operationIs,
  requestField,
  resourceIs,
  subresourceIs,
} from './format-cel.ts';
import type { Cel, CelState } from './format-cel.ts';
import { parseServiceAccount } from './parse-service-account.ts';

const TOKEN_SECRET_ANNOTATION = 'kubernetes.io/service-account.name';

/** A writer's token, whichever way it is made: asked for, kept in a Secret, or mounted into a pod. */
export function touchesWriterAccount(options: ExemptionOptions): Cel {
  const accounts = writerAccounts(options);
  if (accounts.length === 0) return 'false';
  const names = (name: Cel): Cel => isOneOf(qualified(name), accounts);
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
      names("object.?spec.?serviceAccountName.orValue('default')"),
    ),
  );
}

/** The service account object of a writer, or its token. */
export function isWriterAccount(options: ExemptionOptions): Cel {
  return allOf(
    resourceIs('', 'serviceaccounts'),
    isOneOf(qualified(requestField('name')), writerAccounts(options)),
  );
}

function writerAccounts({ writerUsernames }: ExemptionOptions): readonly string[] {
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
