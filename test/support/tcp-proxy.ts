/** A TCP proxy on loopback that can fall silent, with its connections open and nothing that passes, or be cut. */
import { connect, createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';

export interface TcpProxy {
  readonly port: number;
  /** What is open now stays open and mute; later connections pass. */
  readonly freeze: () => void;
  /** Ends every connection, and each new one at once, until it is undone. */
  readonly cut: (isCut: boolean) => void;
  /** How many connections were taken so far. */
  readonly taken: () => number;
  readonly stop: () => Promise<void>;
}

/** Forwards to a port on loopback. */
export async function startTcpProxy(targetPort: number): Promise<TcpProxy> {
  const open = new Set<Socket>();
  let taken = 0;
  let isCut = false;
  const server = createServer((near) => {
    if (isCut) {
      near.destroy();
      return;
    }
    taken += 1;
    const far = connect(targetPort, '127.0.0.1');
    for (const socket of [near, far]) {
      open.add(socket);
      socket.on('error', () => socket.destroy());
      socket.on('close', () => open.delete(socket));
    }
    near.pipe(far);
    far.pipe(near);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    port,
    freeze: () => {
      // Not paused: a paused socket would tell its peer by a full window, and be told of its end.
      for (const socket of open) {
        socket.unpipe();
        socket.removeAllListeners('data');
        socket.removeAllListeners('end');
        socket.resume();
      }
    },
    cut: (isNowCut) => {
      isCut = isNowCut;
      if (isCut) for (const socket of open) socket.destroy();
    },
    taken: () => taken,
    stop: async () => {
      for (const socket of open) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
