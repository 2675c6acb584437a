/** Which commit an application applies now, as far as its status, its branch and the hydrator's notes tell. */
import type { Clock, MonotonicMs } from '../base/clock.ts';
import type { Wait } from '../base/wait.ts';
import type { NoVerdict } from '../verdict/verdict-cache.ts';
import type { RevisionHint, SourceHint } from '../source/revision-hint.ts';
import type { CommitSupervisor } from './commit-supervisor.ts';
import type { DescribedApplication, OwnedSource } from './describe-application.ts';

export interface RevisionChooserOptions {
  readonly supervisor: Pick<CommitSupervisor, 'ask'>;
  readonly clock: Clock;
  readonly wait: Wait;
}

/** An application under a name that no other one has. */
export type NamedApplication = Pick<
  Extract<DescribedApplication, { readonly status: 'described' }>,
  'sources' | 'operationId'
> & { readonly id: string };

export interface CommitSource extends OwnedSource {
  readonly source: Extract<SourceHint, { readonly kind: 'commit' }>;
}

/** An object id; why nobody can tell now; or nothing where the status names none. */
export type ChosenRevision = string | NoVerdict | undefined;

/** Operations whose tip is known: they are short, and one per application. */
const TIPS_MAX = 1000;

/** Remembers what it asked. */
export class RevisionChooser {
  readonly #options: RevisionChooserOptions;
  readonly #tips = new Map<string, Promise<ChosenRevision>>();

  constructor(options: RevisionChooserOptions) {
    this.#options = options;
  }

  /** Never rejects. */
  async choose(
    owned: CommitSource,
    { id, operationId }: NamedApplication,
    endAtMs: MonotonicMs,
  ): Promise<ChosenRevision> {
    const { hints, tipOf, repository } = owned.source;
    const [hint] = hints;
    if (tipOf === undefined) return hint?.claimedObjectId;
    const operation = operationId && JSON.stringify([id, operationId, repository, tipOf]);
    const tip = await this.#waitFor(this.#readTip({ owned, tipOf }, operation), endAtMs);
    // Of a range of versions nobody knows which one was chosen: what was compared last is the best claim.
    return tip ?? hint?.claimedObjectId;
  }

  /**
   * Of a hydrated branch, the dry commit that the applied one was rendered from: by the status, else by the hydrator's note. Stops an
   * operation that names no commit: it applies the tip, which may come from another dry commit than what was applied before.
   */
  async pairHydrated(
    application: NamedApplication,
    endAtMs: MonotonicMs,
  ): Promise<readonly OwnedSource[]> {
    const { sources } = application;
    const hydrated = sources.find((owned) => hasRole(owned, 'hydrated'));
    const dry = sources.find((owned) => hasRole(owned, 'dry'));
    if (hydrated === undefined || dry === undefined) return sources;
    const chosen = await this.choose(hydrated, application, endAtMs);
    const rendered =
      typeof chosen === 'string'
        ? await this.#findDry({ hydrated, dry, objectId: chosen }, endAtMs)
        : undefined;
    const hints = rendered === undefined ? [] : [rendered];
    const source: SourceHint = { ...dry.source, hints };
    return sources.map((each) => {
      if (each === dry) return { ...dry, source };
      return each === hydrated && typeof chosen === 'string' ? pinTo(hydrated, chosen) : each;
    });
  }

  async #findDry(
    { hydrated, dry, objectId }: HydratedPair,
    endAtMs: MonotonicMs,
  ): Promise<RevisionHint | undefined> {
    const said = dry.source.hydrations?.find((each) => each.hydratedObjectId === objectId);
    if (said !== undefined) return said.dry;
    const { repository, tracked } = hydrated.source;
    const question = { repository, tracked, access: hydrated.access, objectId };
    const asking = this.#options.supervisor
      .ask({ kind: 'dry', question })
      .then((answer) => (answer.kind === 'dry' ? answer.answer : undefined));
    const noted = await this.#waitFor(asking, endAtMs);
    return noted !== undefined && 'claimedObjectId' in noted ? noted : undefined;
  }

  /** The first look counts for the whole operation: it is after the operation's own, so it sees that commit or a later one. */
  async #readTip(asked: AskedTip, operation: string | undefined): Promise<ChosenRevision> {
    if (!operation) return await this.#askTip(asked);
    const known = this.#tips.get(operation);
    if (known !== undefined) return await known;
    const [oldest] = this.#tips.keys();
    if (oldest !== undefined && this.#tips.size >= TIPS_MAX) this.#tips.delete(oldest);
    const asking = this.#askTip(asked);
    this.#tips.set(operation, asking);
    const tip = await asking;
    // That nobody could tell is no answer to remember.
    if (typeof tip === 'object') this.#tips.delete(operation);
    return tip;
  }

  async #askTip({ owned: { source, access }, tipOf: tracked }: AskedTip): Promise<ChosenRevision> {
    const question = { repository: source.repository, tracked, access };
    const { kind, answer } = await this.#options.supervisor.ask({ kind: 'tip', question });
    if (kind === 'unanswered') return answer;
    if (kind !== 'tip') return undefined;
    switch (answer.status) {
      case 'found':
        return answer.objectId;
      case 'unavailable':
        return answer;
      case 'several':
      case 'absent':
        return undefined;
    }
  }

  async #waitFor<Value>(asking: Promise<Value>, endAtMs: MonotonicMs): Promise<Value | NoVerdict> {
    const { clock, wait } = this.#options;
    const late = new AbortController();
    const leftMs = Math.max(0, endAtMs - clock.monotonicMs());
    const answer = await Promise.race([asking, wait(leftMs, late.signal).then(() => STILL_ASKING)]);
    late.abort();
    return answer;
  }
}

interface HydratedPair {
  readonly hydrated: CommitSource;
  readonly dry: CommitSource;
  /** Of the hydrated commit. */
  readonly objectId: string;
}

interface AskedTip {
  readonly owned: CommitSource;
  readonly tipOf: string;
}

const STILL_ASKING: NoVerdict = {
  status: 'unavailable',
  reason: 'The Git server has not said yet which commit it is',
  retryAfterMs: 0,
};

function hasRole(owned: OwnedSource, role: 'dry' | 'hydrated'): owned is CommitSource {
  return owned.source.kind === 'commit' && owned.source.role === role;
}

/** It is not asked for again: the tip may have moved on by then, to a commit that comes from another dry one. */
function pinTo({ source, access }: CommitSource, objectId: string): CommitSource {
  const known = source.hints.find((hint) => hint.claimedObjectId === objectId);
  const { tipOf: _tipOf, ...pinned } = source;
  const hint = known ?? { claimedObjectId: objectId, claimedBy: 'running-operation' };
  return { access, source: { ...pinned, hints: [hint] } };
}
