/** The thread's side of supervision: one start, any number of orders, one stop. */
import type { MessagePort } from 'node:worker_threads';
import { errorText } from '../base/error-details.ts';
import { lowerOwnPriority } from '../base/thread-priority.ts';
import { HoldfastError } from '../errors.ts';
import { createForwardingLogger } from '../telemetry/forwarded-logger.ts';
import { ForwardedMetrics } from '../telemetry/forwarded-metrics.ts';
import type { Logger } from '../telemetry/logger.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import type { ThreadCommand, ThreadMessage } from './thread-messages.ts';

export interface ThreadTools<Result> {
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly send: (result: Result) => void;
}

export interface ThreadWork<Order> {
  readonly receive?: (order: Order) => void;
  /** Called before each report: the place to send what is due. */
  readonly beforeReport?: () => void;
  readonly problem: () => string | undefined;
  readonly stop: () => Promise<void>;
}

type BeginWork<Start, Order, Result> = (
  start: Start,
  tools: ThreadTools<Result>,
) => Promise<ThreadWork<Order>>;

/** How often the thread reports. */
const REPORT_MS = 500;

/** Serves until it is stopped; the thread also ends if it cannot start. */
export function serveThread<Start, Order, Result>(
  port: MessagePort,
  begin: BeginWork<Start, Order, Result>,
): void {
  // What such a thread does can wait.
  lowerOwnPriority();
  const post = (message: ThreadMessage<Result>): void => {
    port.postMessage(message);
  };
  let running: Promise<Serving<Order> | undefined> = Promise.resolve(undefined);
  port.on('message', (command: ThreadCommand<Start, Order>) => {
    switch (command.kind) {
      case 'start':
        running = start(command.start, { begin, post });
        return;
      case 'order':
        void running.then((serving) => serving?.work.receive?.(command.order));
        return;
      case 'stop':
        void running.then(async (serving) => {
          await serving?.stop();
          post({ kind: 'stopped' });
          port.close();
        });
    }
  });
}

interface Serving<Order> {
  readonly work: ThreadWork<Order>;
  readonly stop: () => Promise<void>;
}

interface Beginning<Start, Order, Result> {
  readonly begin: BeginWork<Start, Order, Result>;
  readonly post: (message: ThreadMessage<Result>) => void;
}

async function start<Start, Order, Result>(
  command: Start,
  { begin, post }: Beginning<Start, Order, Result>,
): Promise<Serving<Order> | undefined> {
  const metrics = new ForwardedMetrics();
  const logger = createForwardingLogger((entry) => {
    post({ kind: 'log', entry });
  });
  try {
    const send = (result: Result): void => {
      post({ kind: 'result', result });
    };
    const work = await begin(command, { logger, metrics, send });
    const report = (): void => {
      work.beforeReport?.();
      post({ kind: 'report', problem: work.problem(), metrics: metrics.take() });
    };
    report();
    const reports = setInterval(report, REPORT_MS);
    post({ kind: 'started' });
    const stop = async (): Promise<void> => {
      clearInterval(reports);
      await work.stop();
      report();
    };
    return { work, stop };
  } catch (fault) {
    const code = fault instanceof HoldfastError ? fault.code : 'internal_error';
    post({ kind: 'failed', code, message: errorText(fault) });
    return undefined;
  }
}
