/**
 * Incidents as the people on call see them, and what they may expect: one open incident for one cause, none opened again without
 * a new attempt, each resolved once, and every attempt counted in one of them.
 */
import type { Message } from '../../../src/alerting/incident.ts';
import { numberOf } from '../simulation/known-records.ts';

/** One incident. */
interface Page {
  readonly key: string;
  readonly actor: string;
  isOpen: boolean;
  /** The newest attempt that it was told of. */
  newest: number;
  /** How many attempts it had when it was resolved. */
  attempts: number;
}

export interface PagesOptions {
  /** Whether a message may be repeated after its incident has ended. */
  readonly mayRepeat: () => boolean;
  /** Whether what has ended may be ended again, which has no effect. */
  readonly mayRepeatEnds: () => boolean;
  readonly problem: (text: string) => void;
}

export type Accepted = Pick<Message, 'kind' | 'key' | 'notice'>;

/** Hears of every message that the service has accepted. */
export class IncidentPages {
  readonly #options: PagesOptions;
  readonly #pages: Page[] = [];

  constructor(options: PagesOptions) {
    this.#options = options;
  }

  get openCount(): number {
    return this.#pages.filter(({ isOpen }) => isOpen).length;
  }

  get count(): number {
    return this.#pages.length;
  }

  /** How many incidents of one actor were opened. */
  countOf(actor: string): number {
    return this.#pages.filter((page) => page.actor === actor).length;
  }

  /** How many attempts of one actor the resolved incidents have counted. */
  attemptsOf(actor: string): number {
    return this.#pages
      .filter((page) => page.actor === actor)
      .reduce((sum, { attempts }) => sum + attempts, 0);
  }

  /** Returns what happened, as a line of a trace. */
  take({ kind, key, notice }: Accepted): string {
    const { details } = notice;
    const actor = String(details['username']);
    const newest = numberOf({ decisionId: String(details['decisionId']) });
    const attempts = Number(details['attempts']);
    const page = this.#pages.findLast((one) => one.key === key);
    if (kind === 'trigger') this.#trigger(page, { key, actor, newest });
    if (kind === 'resolve') this.#resolve(page, { newest, attempts });
    return `pagerduty ${kind} ${key.slice(0, 8)} of ${actor}: ${attempts}`;
  }

  #trigger(
    page: Page | undefined,
    { key, actor, newest }: Pick<Page, 'key' | 'actor' | 'newest'>,
  ): void {
    if (page?.isOpen === true) {
      page.newest = Math.max(page.newest, newest);
      return;
    }
    if (!this.#options.mayRepeat()) {
      const other = this.#pages.find((one) => one.actor === actor && one.isOpen);
      if (other !== undefined) this.#tell(`a second incident is opened for ${actor}`);
      if (newest <= this.#newestOf(actor)) {
        this.#tell(`an incident of ${actor} is opened again without a new attempt`);
      }
    }
    this.#pages.push({ key, actor, newest, isOpen: true, attempts: 0 });
  }

  #resolve(page: Page | undefined, { newest, attempts }: Pick<Page, 'newest' | 'attempts'>): void {
    if (page === undefined) return this.#tell('an incident is resolved that was never opened');
    if (page.isOpen) {
      page.isOpen = false;
      page.newest = Math.max(page.newest, newest);
      page.attempts = attempts;
    } else if (page.attempts !== attempts && !this.#options.mayRepeatEnds()) {
      this.#tell(`an incident of ${page.actor} is resolved twice`);
    }
    return undefined;
  }

  #newestOf(actor: string): number {
    return Math.max(
      0,
      ...this.#pages.filter((page) => page.actor === actor).map(({ newest }) => newest),
    );
  }

  #tell(text: string): void {
    this.#options.problem(`pagerduty: ${text}`);
  }
}
