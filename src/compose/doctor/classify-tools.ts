/** Whether the configured GitOps controllers are there, and what the credential that they must show is worth. */
import type { Finding } from './finding.ts';

export interface ToolFacts {
  readonly writers: readonly {
    readonly name: string;
    readonly username: string;
    readonly proof: string;
    /** Whether a running pod has this account; absent where it is no service account of this cluster. */
    readonly hasPod?: boolean | undefined;
  }[];
}

const STRONG: ReadonlySet<string> = new Set(['pod-bound', 'pinned']);

/** A finding for each writer. */
export function classifyTools({ writers }: ToolFacts): readonly Finding[] {
  if (writers.length === 0) {
    const message = 'No GitOps controller is configured: nobody may change a managed object';
    const remedy = 'Add the account that Argo CD or Flux applies with to identity.writers';
    return [{ code: 'no_writer', status: 'failed', message, remedy }];
  }
  return writers.map(({ name, username, proof, hasPod }) => {
    if (hasPod === false) {
      return {
        code: 'writer_absent',
        status: 'failed',
        message: `No running pod has the account of the writer "${name}" (${username}): what it would apply is not applied`,
        remedy: 'Correct identity.writers, or look why the controller does not run',
      };
    }
    if (STRONG.has(proof)) {
      const message = `The writer "${name}" must show a credential that nobody else has (${proof})`;
      return { code: 'writer_proven', status: 'ok', message };
    }
    return {
      code: 'writer_proof_weak',
      status: 'warning',
      message: `The writer "${name}" is believed with a credential that others may hold (${proof})`,
      remedy: 'Ask for pod-bound where the controller runs in this cluster',
    };
  });
}
