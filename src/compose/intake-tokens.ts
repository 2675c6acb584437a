/** The tokens by which programs that report are known: read at each use, so that another one counts at once. */
import { readSecret, type SecretRead } from '../settings/secret.ts';
import type { SecretReference } from '../settings/secret-reference.ts';
import type { Logger } from '../telemetry/logger.ts';

export interface IntakeTokensOptions {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly logger: Logger;
}

/** Says once what is wrong with a token, however often it is asked for. */
export class IntakeTokens {
  readonly #options: IntakeTokensOptions;
  readonly #problems = new Map<SecretReference, string>();

  constructor(options: IntakeTokensOptions) {
    this.#options = options;
  }

  async read(reference: SecretReference): Promise<SecretRead> {
    const read = await readSecret(reference, this.#options.environment);
    const before = this.#problems.get(reference);
    if (read.ok) this.#problems.delete(reference);
    else if (before !== read.reason) {
      this.#problems.set(reference, read.reason);
      this.#options.logger.error('The token of a program that reports cannot be read', {
        code: 'intake_unauthenticated',
        reason: read.reason,
      });
    }
    return read;
  }

  /** Why a program that reports is refused. */
  problem(): string | undefined {
    const [reason] = this.#problems.values();
    return reason;
  }
}
