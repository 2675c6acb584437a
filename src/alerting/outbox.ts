/** The persistent outbox: one ordered queue of messages per target. */
import type { Message } from './incident.ts';
import { planOverflow, planQueueing } from './plan-dispatch.ts';
import type { StateChanges } from './incident-state.ts';

export interface OutboxOptions {
  readonly lengthMaxOf: (target: string) => number;
  /** Called for each message that was dropped because the queue was full. */
  readonly onDropped: (message: Message) => void;
}

const ID_DIGITS = 16;

/** The queues of all targets. */
export class Outbox {
  readonly #queues = new Map<string, Message[]>();
  readonly #inFlight = new Set<string>();
  readonly #changes: StateChanges;
  readonly #settings: OutboxOptions;
  #lastId = 0;

  constructor(changes: StateChanges, settings: OutboxOptions, remembered: readonly Message[]) {
    this.#changes = changes;
    this.#settings = settings;
    for (const message of remembered) {
      this.#queue(message.target).push(message);
      this.#lastId = Math.max(this.#lastId, Number(message.id));
    }
  }

  add(message: Omit<Message, 'id' | 'attempts'>): void {
    this.#lastId += 1;
    const id = String(this.#lastId).padStart(ID_DIGITS, '0');
    const { added, removed } = planQueueing(this.waitingFor(message.target), {
      ...message,
      id,
      attempts: 0,
    });
    for (const one of removed) this.remove(one);
    this.#put(added);
    const lengthMax = this.#settings.lengthMaxOf(message.target);
    for (const one of planOverflow(this.waitingFor(message.target), lengthMax)) {
      this.remove(one);
      this.#settings.onDropped(one);
    }
  }

  /** In the order of sending, without messages in flight. */
  waitingFor(target: string): readonly Message[] {
    return this.#queue(target).filter(({ id }) => !this.#inFlight.has(id));
  }

  lengthOf(target: string): number {
    return this.#queue(target).length;
  }

  /** Keys of causes whose first notification is still queued. */
  awaitedKeys(): ReadonlySet<string> {
    const messages = [...this.#queues.values()].flat();
    return new Set(
      messages.filter(({ decidedAtMs }) => decidedAtMs !== undefined).map(({ key }) => key),
    );
  }

  /** Another replica has sent it: here it is no first notification any more, and its end makes it pointless. */
  noteTold(key: string): void {
    for (const [target, queue] of this.#queues) {
      for (const message of queue) {
        if (message.key !== key || message.decidedAtMs === undefined) continue;
        const { decidedAtMs: _, ...rest } = message;
        this.#put({ ...rest, target });
      }
    }
  }

  /** The wall clock was set forward by so much, or back: what waits, waits no longer for it. */
  shiftClock(byMs: number): void {
    for (const message of [...this.#queues.values()].flat()) {
      const { dueAtMs, handoverAtMs } = message;
      this.#put({ ...message, dueAtMs: dueAtMs + byMs, handoverAtMs: handoverAtMs + byMs });
    }
  }

  begin({ id }: Message): void {
    this.#inFlight.add(id);
  }

  /** Schedules a retry, not before the time. */
  postpone(message: Message, dueAtMs: number): void {
    this.#inFlight.delete(message.id);
    this.#put({ ...message, attempts: message.attempts + 1, dueAtMs });
  }

  /** The sender aborted it; it is queued unchanged. */
  release({ id }: Message): void {
    this.#inFlight.delete(id);
  }

  remove({ id, target }: Message): void {
    this.#inFlight.delete(id);
    this.#queues.set(
      target,
      this.#queue(target).filter((one) => one.id !== id),
    );
    this.#changes.remove(`message/${id}`);
  }

  /** The newest message. */
  get lastId(): number {
    return this.#lastId;
  }

  /** Whether any message from one to another is still there. */
  holdsAny(afterId: number, throughId: number): boolean {
    return [...this.#queues.values()]
      .flat()
      .some(({ id }) => Number(id) > afterId && Number(id) <= throughId);
  }

  /** Takes back all messages from one to another; false, and nothing is changed, if any of them was begun. */
  takeBack(afterId: number, throughId: number): boolean {
    const messages = [...this.#queues.keys()]
      .flatMap((target) => this.waitingFor(target))
      .filter(({ id }) => Number(id) > afterId && Number(id) <= throughId);
    if (messages.length !== throughId - afterId) return false;
    for (const message of messages) this.remove(message);
    return messages.length > 0;
  }

  /** Removes the queued messages of an incident, but for those that are newer. */
  removeKey(key: string, throughId = Infinity): void {
    const messages = [...this.#queues.values()]
      .flat()
      .filter((message) => message.key === key && Number(message.id) <= throughId);
    for (const message of messages) {
      if (!this.#inFlight.has(message.id)) this.remove(message);
    }
  }

  #put(message: Message): void {
    const queue = this.#queue(message.target);
    const index = queue.findIndex(({ id }) => id === message.id);
    if (index === -1) queue.push(message);
    else queue[index] = message;
    this.#changes.set(`message/${message.id}`, message);
  }

  #queue(target: string): Message[] {
    const known = this.#queues.get(target) ?? [];
    this.#queues.set(target, known);
    return known;
  }
}
