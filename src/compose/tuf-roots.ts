/** The trusted roots that TUF repositories give: each refreshed in the background, from the root that the operator gives. */
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Clock } from '../base/clock.ts';
import type { Wait } from '../base/wait.ts';
import { systemRandom } from '../base/system-random.ts';
import { CMS_LIMITS } from '../signature/cms/settings.ts';
import type { TufSettings } from '../signature/image-trust/settings.ts';
import { importTrustedRoot } from '../signature/sigstore/import-trusted-root.ts';
import type { Logger } from '../telemetry/logger.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import { FollowedTarget, identifyTarget } from '../tuf/followed-target.ts';
import { findTufRootFault, type Download } from '../tuf/tuf-library.ts';
import type { ReadTufRoot, TufReading } from './image-trust.ts';

export interface TufRootsOptions {
  /** That of the verdicts: the roots are kept in a folder below it. */
  readonly folder: string;
  readonly refreshMs: number;
  /** Whether a root is refreshed by itself. Absent: only by `readNow`. */
  readonly isFollowed?: boolean | undefined;
  readonly download: Download;
  readonly clock: Clock;
  readonly wait: Wait;
  readonly logger: Logger;
  readonly metrics: Metrics;
  /** Called when a root has another content than before. */
  readonly onChange: () => void;
}

const ROOT_BYTES_MAX = CMS_LIMITS['signature.cms.trustedRootBytesMax'].default;

/** One for each process; its roots are opened by reading them. */
export class TufRoots {
  readonly #options: TufRootsOptions;
  readonly #folder: string;
  readonly #targets = new Map<string, FollowedTarget>();

  constructor(options: TufRootsOptions) {
    this.#options = options;
    this.#folder = join(options.folder, 'tuf');
  }

  /** As it was read last; begins to follow a root that is new, or whose first root was replaced. */
  readonly read: ReadTufRoot = async (name, settings, root) => {
    const { mirror, target } = settings;
    const known = this.#targets.get(name);
    if (known?.identity === identifyTarget({ root, mirror, target })) return describe(known);
    const fault = await findTufRootFault(root, join(this.#folder, `${name}.check`));
    if (fault !== undefined) return { status: 'refused', reason: fault };
    const opened = await this.#open(name, settings, root);
    known?.close();
    this.#targets.set(name, opened);
    if (this.#options.isFollowed === true) opened.start();
    return describe(opened);
  };

  /** As its mirror has it now, or as it was read last where the mirror fails: for commands, which may wait. */
  readonly readNow: ReadTufRoot = async (name, settings, root) => {
    const reading = await this.read(name, settings, root);
    const opened = this.#targets.get(name);
    if (reading.status === 'refused' || opened === undefined) return reading;
    await opened.refresh();
    return describe(opened);
  };

  /** What does not work, of the first root; `undefined` if all were refreshed. */
  problem(): string | undefined {
    return [...this.#targets.values()]
      .map((target) => target.problem())
      .find((problem) => problem !== undefined);
  }

  close(): void {
    for (const target of this.#targets.values()) target.close();
  }

  async #open(
    name: string,
    { mirror, target }: TufSettings,
    root: string,
  ): Promise<FollowedTarget> {
    const { onChange, ...options } = this.#options;
    return await FollowedTarget.open({
      ...options,
      random: systemRandom,
      name,
      root,
      mirror,
      target,
      targetBytesMax: ROOT_BYTES_MAX,
      folder: this.#folder,
      findFault: findRootFault,
      onTarget: onChange,
    });
  }
}

function describe(target: FollowedTarget): TufReading {
  const { held } = target;
  return held === undefined
    ? { status: 'absent', reason: () => target.absence }
    : { status: 'held', text: held.text };
}

function findRootFault(text: string): string | undefined {
  const reading = importTrustedRoot(text);
  return reading.status === 'read' ? undefined : reading.problems.join('; ');
}

/** Where no mirror is asked: says whether the first root can be used, and nothing of what the repository has now. */
export async function checkTufRoot(
  ...[, { mirror }, root]: Parameters<ReadTufRoot>
): Promise<TufReading> {
  const fault = await findTufRootFault(root, await mkdtemp(join(tmpdir(), 'holdfast-tuf-')));
  return fault === undefined
    ? { status: 'absent', reason: () => `${mirror} is not asked here` }
    : { status: 'refused', reason: fault };
}
